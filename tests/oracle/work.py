"""Time and expenses that bill something: what each is worth, and what its role's plan says it should be worth.

psa_time_entries + psa_expenses -> `Work`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .engagements import Engagement
from .money import work_rate
from .projects import PlanLine, Project, projects
from .records import ZERO, Firm, Row, cents


@dataclass(frozen=True)
class Work:
    """A time entry with billing value, or a billable expense. `value` is cc."""

    table: str  # time_entry or expense, as links name it
    row: Row
    project: Project
    role: str | None
    worked: date
    approved: date | None
    written_off: date | None
    value: Decimal
    is_billable: bool
    lacks_bill_rate: bool
    fx: Fraction | None  # the rate it is valued at

    @property
    def record(self) -> tuple[str, str]:
        return (self.table, self.row.key)

    @property
    def engagement(self) -> Engagement:
        return self.project.engagement


def all_work(firm: Firm) -> dict[tuple[str, str], Work]:
    """Everything that was worked and not rejected or deleted, by (table, key). Time that is only cost is left out."""

    def work_out() -> dict[tuple[str, str], Work]:
        found = [time_of(firm, row) for row in firm.present("psa_time_entries")]
        found += [expense_of(firm, row) for row in firm.present("psa_expenses")]
        return {work.record: work for work in found if work is not None}

    return firm.once("work", work_out)


def work_in(firm: Firm, engagement: Engagement) -> list[Work]:
    """All work of one engagement."""

    def by_engagement() -> dict[str, list[Work]]:
        groups: dict[str, list[Work]] = {}
        for work in all_work(firm).values():
            groups.setdefault(work.engagement.id, []).append(work)
        return groups

    return firm.once("work by engagement", by_engagement).get(engagement.id, [])


def project_of(firm: Firm, row: Row) -> Project | None:
    found = firm.resolve("psa_projects", row["project_id"], row.system)
    return projects(firm)[found.key] if found is not None else None


def role_of(firm: Firm, row: Row) -> str | None:
    if row["role"] is not None:
        return str(row["role"])
    resource = firm.resolve("psa_resources", row["resource_id"], row.system)
    return resource["role"] if resource is not None else None


def has_billing_value(project: Project, worked: date) -> bool:
    """The plan in effect on the day has time lines with an amount; without a plan: the project was T&M."""
    if project.version_on(worked) is not None:
        return any(line.kind == "time" and line.row["amount"] for line in project.plan(worked))
    return project.contract_type(worked) == "time_and_materials"


def approval(firm: Firm, row: Row, worked: date) -> date | None:
    if row["status"] != "approved":
        return None
    return firm.day(row["approved_at"]) or worked


def time_of(firm: Firm, row: Row) -> Work | None:
    project = project_of(firm, row)
    worked = row["work_date"]
    if project is None or row["status"] == "rejected" or not has_billing_value(project, worked):
        return None
    fx = work_rate(firm, project.engagement, project.row["currency"], worked)
    rate = row["bill_rate"] if row["is_billable"] else Decimal(0)
    value = ZERO if fx is None or rate is None else cents(Fraction(row["hours"]) * Fraction(rate) * fx)
    return Work(
        "time_entry", row, project, role_of(firm, row), worked, approval(firm, row, worked),
        firm.day(row["written_off_at"]), value, row["is_billable"], rate is None, fx,
    )  # fmt: skip


def expense_of(firm: Firm, row: Row) -> Work | None:
    project = project_of(firm, row)
    worked = row["expense_date"]
    if project is None or row["status"] == "rejected" or not row["is_billable"]:
        return None
    fx = work_rate(firm, project.engagement, row["currency"], worked)
    value = ZERO if fx is None else cents(Fraction(row["amount"]) * fx)
    return Work(
        "expense", row, project, None, worked, approval(firm, row, worked),
        firm.day(row["written_off_at"]), value, True, False, fx,
    )  # fmt: skip


def lines_for(work: Work, day: date) -> list[PlanLine]:
    """The plan lines in effect that the work belongs to: its role's by name, else those without a role."""
    plan = work.project.plan(day)
    if work.table == "expense":
        return [line for line in plan if line.kind == "expense"]
    time_lines = [line for line in plan if line.kind == "time"]
    by_name = [line for line in time_lines if work.role is not None and line.row["role"] == work.role]
    return by_name or [line for line in time_lines if line.row["role"] is None]


def planned_value(work: Work, lines: list[PlanLine]) -> Decimal:
    """Its hours at the planned rate, valued as the entry is; its own value where no line has hours."""
    with_hours = [line for line in lines if line.hours]
    hours = sum((line.hours for line in with_hours), Decimal(0))
    if work.table == "expense" or not hours or work.fx is None:
        return work.value
    amount = sum((line.row["amount"] for line in with_hours), Decimal(0))
    return cents(Fraction(work.row["hours"]) * Fraction(amount) * work.fx / Fraction(hours))


def is_ahead(work: Work, lines: list[PlanLine], day: date) -> bool:
    """Done for a line that is not due yet: the first due on or after the work date."""
    due_days = [work.project.due_on(line, day) for line in lines]
    ahead = [due for due in due_days if due is None or due >= work.worked]
    return bool(ahead) and not any(due is not None and due <= day for due in ahead)
