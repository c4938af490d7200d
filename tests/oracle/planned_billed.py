"""Bridge 2, planned to billed, as of a day.

planned = the lines in effect; billed = the signed lines of the posted invoices that stand.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from .engagements import Engagement
from .invoices import billed_in, family_of, fully_credited, stands
from .items import Item, comes
from .projects import PlanLine, Project, of_engagement
from .records import ZERO, Firm
from .settlement import BRIDGE, Settlement, Target, reached_on, settle, targets_on, worth_of
from .work import Work, is_ahead, lines_for, planned_value, work_in

Add = Callable[..., None]


def planned_to_billed(firm: Firm, engagement: Engagement, day: date) -> list[Item]:
    """Every item of the bridge on a day."""
    items: list[Item] = []

    def add(driver: str, record: tuple[object, ...], amount: Decimal, has_reason: bool = False) -> None:
        items.append(Item(BRIDGE, driver, engagement.id, record, amount, has_reason))

    state = settle(firm, engagement, day)
    items += state.items
    for project in of_engagement(firm, engagement):
        for line in project.plan(day):
            record = plan_record(project, line)
            add("fx", record, -line.worth.fx)
            if line.worth.is_missing:
                add("missing_fx_rate", record, ZERO)
            if line.kind in ("time", "expense"):
                done = "hours" if line.kind == "time" else "expenses"
                add(waits(project, line, day) or done, record, -line.worth.cc)
        for target, lines in targets_on(firm, project, day).items():
            if target[0] == "recurring":
                recurring(add, state, project, target, lines, day)
            else:
                milestone(firm, add, state, project, target, lines, day)
    for work in work_in(firm, engagement):
        if work.worked <= day:
            done_work(add, state, work, day)
    credited = fully_credited(firm, day)
    for row in billed_in(firm, engagement):
        if stands(firm, row.invoice, day):
            record = ("invoice_line", row.line.key, row.share)
            add("fx", record, row.worth.fx)
            if row.worth.is_missing:
                add("missing_fx_rate", record, ZERO)
            family = family_of(firm, row)
            if row.is_credit or row.invoice.key in credited:
                reason = credited.get(family or "", row.invoice["reason"] is not None)
                add("credit_note", record, row.worth.cc, reason)
    return items


def plan_record(project: Project, line: PlanLine) -> tuple[object, ...]:
    return ("plan", project.key, line.version, line.id)


def waits(project: Project, line: PlanLine, day: date) -> str | None:
    """The driver of a line that is not due on a day; None once it is."""
    if project.is_paused(line, day):
        return "paused"
    due = project.due_on(line, day)
    if due is None:
        return "project_ended"
    return "not_due_yet" if due > day else None


def milestone(
    firm: Firm, add: Add, state: Settlement, project: Project, target: Target, lines: list[PlanLine], day: date
) -> None:
    if comes(reached_on(firm, target)) <= day:
        add("milestone_not_billed", target, state.settled[target] - worth_of(lines))
        return
    for line in lines:
        add(waits(project, line, day) or "milestone_not_reached", plan_record(project, line), -line.worth.cc)
    for row, part in state.settled_by[target]:
        add("billed_before_milestone", ("invoice_line", row.line.key, *target), part)


def recurring(add: Add, state: Settlement, project: Project, target: Target, lines: list[PlanLine], day: date) -> None:
    waiting = waits(project, lines[0], day)
    if waiting is None:
        add("recurring_not_billed", target, state.settled[target] - worth_of(lines))
        return
    for line in lines:
        add(waiting, plan_record(project, line), -line.worth.cc)
    for row, part in state.settled_by[target]:
        add("billed_in_advance", ("invoice_line", row.line.key, *target), part)


def done_work(add: Add, state: Settlement, work: Work, day: date) -> None:
    """A time entry or expense that was done by the day: against its plan, and what of it is not billed."""
    if work.fx is None:
        add("missing_fx_rate", work.record, ZERO)
        return
    lines = lines_for(work, day)
    if work.table == "expense":
        add("worked_before_due" if is_ahead(work, lines, day) else "expenses", work.record, work.value)
    elif lines:
        planned = planned_value(work, lines)
        add("worked_before_due" if is_ahead(work, lines, day) else "hours", work.record, planned)
        if not work.is_billable:
            add("non_billable_time", work.record, -planned, work.row["non_billable_reason"] is not None)
        elif work.lacks_bill_rate:
            add("missing_bill_rate", work.record, -planned)
        else:
            add("rate", work.record, work.value - planned)
    elif work.is_billable:
        add("work_not_planned", work.record, work.value)
        if work.lacks_bill_rate:
            add("missing_bill_rate", work.record, ZERO)
    left = state.left[work.record]
    if comes(work.written_off) <= day:
        add("written_off", work.record, -left, work.row["write_off_reason"] is not None)
    elif comes(work.approved) <= day:
        add("approved_not_billed", work.record, -left)
    else:
        add("unapproved", work.record, -left)
