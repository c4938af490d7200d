"""How the lines that stand on a day settle work, milestones and recurring dates, one after the other.

`Billed` rows + links (or inference) -> `Settlement`: what is left of each, and what each line says beyond it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from .engagements import Engagement, of_member
from .invoices import Billed, billed_in, fully_credited, stands
from .items import Item, comes, total
from .projects import PlanLine, Project, of_engagement
from .records import ZERO, Firm, Row, stays_with
from .work import Work, all_work, work_in

BRIDGE = "planned_to_billed"
# ("milestone", key, ""), ("line", project, budget_line_id) or ("recurring", project, day)
Target = tuple[str, str, str]


@dataclass
class Settlement:
    """left: value of each work not settled yet; settled: what stands against each target; items: the lines' own."""

    left: dict[tuple[str, str], Decimal]
    settled: dict[Target, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    settled_by: dict[Target, list[tuple[Billed, Decimal]]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[Target, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    items: list[Item] = field(default_factory=list)


def target_of(firm: Firm, project: Project, line: PlanLine) -> Target | None:
    """What a plan line is settled by: its milestone (or, without a known one, itself), or its recurring date."""
    if line.kind == "recurring":
        return ("recurring", project.key, str(line.row["planned_date"]))
    if line.kind == "milestone":
        milestone = milestone_of(firm, line.row["milestone_id"], line.row.system)
        if milestone is not None and owner(firm, milestone) == project.key:
            return ("milestone", milestone.key, "")
        return ("line", project.key, line.id)
    return None


def milestone_of(firm: Firm, reference: Any, system: str) -> Row | None:
    """A milestone that is not gone (one that went with its project is still known)."""
    found = firm.resolve("psa_milestones", reference, system)
    if found is None:
        return None
    return found if stays_with(found, firm.resolve("psa_projects", found["project_id"], found.system)) else None


def owner(firm: Firm, row: Row) -> str | None:
    found = firm.resolve("psa_projects", row["project_id"], row.system)
    return found.key if found is not None else None


def reached_on(firm: Firm, target: Target) -> date | None:
    return firm.day(firm.by_key["psa_milestones"][target[1]]["reached_at"]) if target[0] == "milestone" else None


def targets_on(firm: Firm, project: Project, day: date) -> dict[Target, list[PlanLine]]:
    """The milestones and recurring dates that the version in effect holds."""
    held: dict[Target, list[PlanLine]] = {}
    for line in project.plan(day):
        target = target_of(firm, project, line)
        if target is not None:
            held.setdefault(target, []).append(line)
    return held


def worth_of(lines: list[PlanLine]) -> Decimal:
    return total(line.worth.cc for line in lines)


def first_day(lines: list[PlanLine]) -> date:
    days: list[date] = [line.row["planned_date"] for line in lines]
    return min(days)


def links_of(firm: Firm, line: Row) -> list[Row]:
    """What a line names."""

    def by_line() -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for link in firm.present("accounting_line_links"):
            named = firm.resolve("accounting_invoice_lines", link["invoice_line_id"], link.system)
            if named is not None:
                found[named.key].append(link)
        return found

    return firm.once("links", by_line).get(line.key, [])


def infers(firm: Firm, system: str) -> bool:
    """Whether an accounting system has loaded no links at all (nor any other system links for it)."""

    def systems_with_links() -> set[str]:
        found = {link.system for link in firm.rows["accounting_line_links"]}
        for link in firm.rows["accounting_line_links"]:
            line = firm.resolve("accounting_invoice_lines", link["invoice_line_id"], link.system)
            if line is not None:
                found.add(line.system)
        return found

    return system not in firm.once("systems with links", systems_with_links)


def linked_work(firm: Firm, row: Billed) -> list[Work]:
    """The time and expenses with billing value, of its own engagement, that a line names."""
    found: dict[tuple[str, str], Work] = {}
    for link in links_of(firm, row.line):
        table = {"time_entry": "psa_time_entries", "expense": "psa_expenses"}.get(link["source"])
        record = firm.resolve(table, link["source_id"], link.system) if table else None
        work = all_work(firm).get((link["source"], record.key)) if record is not None else None
        if work is not None and work.engagement.id == row.engagement.id:
            found[work.record] = work
    return [found[record] for record in sorted(found)]


def linked_targets(firm: Firm, row: Billed) -> list[Target]:
    """The milestones and recurring dates of its own engagement that a line names."""
    found: list[Target] = []
    for link in links_of(firm, row.line):
        target: Target | None = None
        if link["source"] == "milestone":
            milestone = milestone_of(firm, link["source_id"], link.system)
            project = owner(firm, milestone) if milestone is not None else None
            if milestone is not None and project and of_member(firm, "project", project) == row.engagement.id:
                target = ("milestone", milestone.key, "")
        elif link["source"] == "budget_line":
            target = target_of_budget_line(firm, row, link)
        if target is not None and target not in found:
            found.append(target)
    return found


def target_of_budget_line(firm: Firm, row: Billed, link: Row) -> Target | None:
    """The line of that id in the engagement; of several the one in effect on the invoice date."""
    system, colon, bare = str(link["source_id"]).partition(":")
    is_prefixed = bool(colon) and system in firm.settings.systems
    wanted = bare if is_prefixed else str(link["source_id"])
    day = row.invoice["invoice_date"]
    candidates: list[tuple[tuple[Any, ...], Project, PlanLine]] = []
    for project in of_engagement(firm, row.engagement):
        in_effect = project.version_on(day)
        for version, lines in project.lines.items():
            for line in lines:
                if line.id == wanted and (not is_prefixed or line.row.system == system):
                    rank = (version != in_effect, project.key != row.project, -version, project.key)
                    candidates.append((rank, project, line))
    if not candidates:
        return None
    _, project, line = min(candidates, key=lambda candidate: candidate[0])
    return target_of(firm, project, line)


def settle(firm: Firm, engagement: Engagement, day: date) -> Settlement:
    """Go through the lines that stand on a day in order (invoice date, id)."""
    state = Settlement({work.record: work.value for work in work_in(firm, engagement)})
    held: dict[Target, list[PlanLine]] = {}
    for project in of_engagement(firm, engagement):
        held.update(targets_on(firm, project, day))
    for row in billed_in(firm, engagement):
        if not stands(firm, row.invoice, day):
            continue
        if not row.is_credit and row.invoice.key not in fully_credited(firm, day):
            settle_line(firm, state, held, row, day)
    return state


def settle_line(firm: Firm, state: Settlement, held: dict[Target, list[PlanLine]], row: Billed, day: date) -> None:
    def add(driver: str, amount: Decimal, *more: Any) -> None:
        reason = driver == "billing_adjustment" and row.invoice["reason"] is not None
        record = ("invoice_line", row.line.key, *more)
        state.items.append(Item(BRIDGE, driver, row.engagement.id, record, amount, reason))

    def settle_target(target: Target, most: Decimal) -> Decimal:
        """Settle a target up to its amount; a line without a rate settles all that is left of it."""
        rest = worth_of(held[target]) - state.settled[target]
        part = max(ZERO, rest if row.worth.is_missing else min(most, rest))
        state.settled[target] += part
        state.taken[target] += part
        state.settled_by[target].append((row, part))
        return part

    amount, kind = row.worth.cc, row.line["kind"]
    if row.project is None:
        return add("billed_without_project", amount)
    if kind in ("advance", "adjustment"):
        return add("billed_in_advance" if kind == "advance" else "billing_adjustment", amount)
    beyond = "missing_fx_rate" if row.worth.is_missing else "billing_adjustment"
    works, targets = linked_work(firm, row), linked_targets(firm, row)
    if works:
        covered = ZERO
        for work in works:
            if comes(work.written_off) >= row.invoice["invoice_date"]:
                part, state.left[work.record] = state.left[work.record], ZERO
                covered += part
                if work.worked > day:
                    add("billed_in_advance", part, *work.record)
        return add(beyond, amount - covered)
    if targets:
        planned = sorted((t for t in targets if t in held), key=lambda t: (first_day(held[t]), t))
        left = amount
        for target in planned:
            left -= settle_target(target, left)
        if len(planned) < len(targets) and not row.worth.is_missing:
            beyond = "billed_not_planned"
        return add(beyond, left)
    if not infers(firm, row.line.system):
        return add("billed_without_link", amount)
    left = amount
    if kind in ("time", "expense"):
        for work in inferred_work(firm, state, row, "time_entry" if kind == "time" else "expense"):
            part = max(ZERO, min(left, state.left[work.record]))
            state.left[work.record] -= part
            left -= part
    elif kind in ("milestone", "recurring"):
        for target, room in inferred_targets(firm, state, row, kind):
            part = max(ZERO, min(left, room))
            left -= part
            if part and target in held:
                settled = settle_target(target, part)
                state.taken[target] += part - settled
                add("billing_adjustment", part - settled, *target)
            elif part:
                state.taken[target] += part
                add("billed_not_planned", part, *target)
    return add("billed_without_link", left)


def inferred_work(firm: Firm, state: Settlement, row: Billed, table: str) -> list[Work]:
    """The project's approved work that is open as of the invoice date, the oldest first."""
    day = row.invoice["invoice_date"]
    open_work = [
        work
        for work in work_in(firm, row.engagement)
        if work.table == table
        and work.project.key == row.project
        and max(comes(work.approved), work.worked) <= day
        and comes(work.written_off) >= day
        and state.left[work.record] > 0
    ]
    return sorted(open_work, key=lambda work: (comes(work.approved), work.worked, work.row.key))


def inferred_targets(firm: Firm, state: Settlement, row: Billed, kind: str) -> list[tuple[Target, Decimal]]:
    """The project's milestones (reached first) or recurring dates, with what is open of each on the invoice date."""
    day = row.invoice["invoice_date"]
    project = next(p for p in of_engagement(firm, row.engagement) if p.key == row.project)
    found = []
    for target, lines in targets_on(firm, project, day).items():
        if (target[0] == "recurring") == (kind == "recurring"):
            reached = comes(reached_on(firm, target))
            is_reached = reached <= day
            rank = (not is_reached, reached if is_reached else first_day(lines), first_day(lines), target)
            found.append((rank, target, worth_of(lines) - state.taken[target]))
    return [(target, room) for _, target, room in sorted(found, key=lambda one: one[0])]
