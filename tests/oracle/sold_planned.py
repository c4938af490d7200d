"""Bridge 1, sold to planned, as of a day.

sold = the deals won on the day at their value when won; planned = the lines of the versions in effect.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .deals import SoldLine, Winning, winnings
from .engagements import Engagement
from .items import Item, total
from .money import Worth, rate, worth
from .projects import PlanLine, Project, of_engagement
from .records import ZERO, Firm, cents

BRIDGE = "sold_to_planned"


@dataclass(frozen=True)
class Sold:
    """One row of what is sold, valued."""

    winning: Winning
    line: SoldLine
    worth: Worth

    @property
    def record(self) -> tuple[str, ...]:
        return ("sold", self.winning.deal.key, str(self.winning.starts), self.line.key)


@dataclass(frozen=True)
class Change:
    """One day's change of a project's plan: its lines come (sign 1) or go (sign -1), for good, under one cause."""

    project: Project
    day: date
    cause: str  # first_plan, change_order, replanned
    number: str | None
    is_approved: bool
    signed: tuple[tuple[int, PlanLine], ...]

    @property
    def difference(self) -> Decimal:
        return total(sign * line.worth.cc for sign, line in self.signed)


def all_sold(firm: Firm, engagement: Engagement) -> list[Sold]:
    """Every row ever sold in the engagement, standing or not."""

    def work_out() -> list[Sold]:
        rows = []
        for key in engagement.keys("deal"):
            for winning in winnings(firm, firm.by_key["crm_deals"][key]):
                for line in winning.lines:
                    value = worth(firm, engagement, line.amount, winning.currency, winning.starts)
                    rows.append(Sold(winning, line, value))
        return rows

    return firm.once(("sold", engagement.id), work_out)


def sold_on(firm: Firm, engagement: Engagement, day: date) -> list[Sold]:
    return [row for row in all_sold(firm, engagement) if row.winning.stands(day) and row.line.starts <= day]


def plan_changes(firm: Firm, project: Project) -> list[Change]:
    """How the plan in effect came to be, day by day."""

    def work_out() -> list[Change]:
        changes: list[Change] = []
        version: int | None = None
        lines: list[PlanLine] = []
        has_first_plan = False
        seen: set[int | None] = set()
        for day in project.turning_days():
            new_version, new_lines = project.version_on(day), project.plan(day)
            if new_version == version and new_lines == lines:
                continue
            signed = [(-1, line) for line in lines if line not in new_lines]
            signed += [(1, line) for line in new_lines if line not in lines]
            row = project.versions[new_version] if new_version is not None else None
            cause, number = "replanned", None
            if row is not None and new_version not in seen:  # a version that only returns explains nothing
                seen.add(new_version)
                number = row["change_order_number"]
                if number is not None:
                    cause = "change_order"
                elif not has_first_plan:
                    cause, has_first_plan = "first_plan", True
            approved = row is not None and row["approved_by"] is not None
            changes.append(Change(project, day, cause, number, approved, tuple(signed)))
            version, lines = new_version, new_lines
        return changes

    return firm.once(("plan changes", project.key), work_out)


@dataclass(frozen=True)
class SoldRoles:
    """What the original deals ever won (whose lines are used) tell about roles, whatever the day."""

    amounts: dict[str, Fraction]  # of lines with hours, cc, not rounded
    hours: dict[str, Decimal]
    with_hours: frozenset[str]
    named: frozenset[str]
    has_pass_through: bool

    def at_sold_rate(self, role: str, hours: Decimal) -> Decimal:
        return cents(Fraction(hours) * self.amounts[role] / Fraction(self.hours[role]))


def sold_roles(firm: Firm, engagement: Engagement) -> SoldRoles:
    amounts: dict[str, Fraction] = defaultdict(Fraction)
    hours: dict[str, Decimal] = defaultdict(Decimal)
    named, pass_through = set(), False
    latest: dict[str, Sold] = {}  # a deal won twice counts once: by its last winning that can be valued
    for row in all_sold(firm, engagement):
        if row.winning.number is None and row.winning.uses_lines and not row.line.key.startswith("correction:"):
            if row.line.family == "pass_through":
                pass_through = True
                continue
            if row.line.role is not None:
                named.add(row.line.role)
            if not row.worth.is_missing:
                latest[row.line.key] = row
    for row in latest.values():
        if row.line.role is not None and row.line.hours:
            currency = row.winning.currency
            at_reference = rate(firm, currency, engagement.reference_day) or rate(firm, currency, row.winning.starts)
            amounts[row.line.role] += Fraction(row.line.amount) * (at_reference or 0)
            hours[row.line.role] += row.line.hours
    with_hours = frozenset(role for role in hours if hours[role])
    return SoldRoles(dict(amounts), dict(hours), with_hours, frozenset(named), pass_through)


def planned_on(firm: Firm, engagement: Engagement, day: date) -> list[PlanLine]:
    return [line for project in of_engagement(firm, engagement) for line in project.plan(day)]


def sold_to_planned(firm: Firm, engagement: Engagement, day: date) -> list[Item]:
    """Every item of the bridge on a day."""
    sold = sold_on(firm, engagement, day)
    projects = of_engagement(firm, engagement)
    changes = [c for p in projects for c in plan_changes(firm, p) if c.day <= day]
    roles = firm.once(("roles", engagement.id), lambda: sold_roles(firm, engagement))
    first_lines = [line for c in changes if c.cause == "first_plan" for sign, line in c.signed if sign > 0]
    roles_planned_with_hours = {
        line.row["role"] for line in first_lines if line.kind == "time" and line.hours
    } & roles.with_hours
    is_handed_over = any(c.cause == "first_plan" for c in changes)
    numbers_planned = {c.number for c in changes if c.number is not None}
    numbers_won = {row.winning.number for row in sold if row.winning.number is not None}
    is_won = bool(sold)
    items: list[Item] = []

    def add(driver: str, record: tuple[object, ...], amount: Decimal, has_reason: bool = False) -> None:
        items.append(Item(BRIDGE, driver, engagement.id, record, amount, has_reason))

    for row in sold:
        driver, line = "handover_price", row.line
        if row.winning.number is not None:
            driver = "change_order" if row.winning.number in numbers_planned else "change_order_not_planned"
        elif not is_handed_over:
            driver = "not_handed_over"
        elif line.family == "pass_through":
            driver = "handover_pass_through"
        elif line.role in roles_planned_with_hours and line.hours:
            driver = "handover_hours"
        add(driver, row.record, -row.worth.cc)
        add("fx", row.record, -row.worth.fx)
        if row.worth.is_missing:
            add("missing_fx_rate", row.record, ZERO)

    for change in changes:
        for sign, plan in change.signed:
            if plan.worth.is_missing:
                continue
            record = ("plan", change.project.key, plan.version, plan.id, str(change.day))
            amount = sign * plan.worth.cc
            add("fx", record, sign * plan.worth.fx)
            if not is_won:
                add("planned_without_deal", record, amount, bool(change.project.row["is_internal"]))
            elif change.cause == "replanned":
                add("replanned", record, amount)
            elif change.cause == "change_order":
                if change.number in numbers_won:
                    add("change_order", record, amount)
                elif change.difference >= 0:
                    add("change_order_not_sold", record, amount)
                else:
                    add("scope_reduced", record, amount, change.is_approved)
            else:
                role = plan.row["role"] if plan.kind == "time" else None
                if plan.kind == "expense" and roles.has_pass_through:
                    add("handover_pass_through", record, amount)
                elif role is not None and role in roles_planned_with_hours and plan.hours:
                    at_sold_rate = sign * roles.at_sold_rate(role, plan.hours)
                    add("handover_hours", record, at_sold_rate)
                    add("handover_rate", record, amount - at_sold_rate)
                elif role is not None and roles.named and role not in roles.named:
                    add("role_not_sold", record, amount)
                else:
                    add("handover_price", record, amount)
    for plan in planned_on(firm, engagement, day):
        if plan.worth.is_missing:
            add("missing_fx_rate", ("plan", plan.row["project_id"], plan.version, plan.id), ZERO)
    return items
