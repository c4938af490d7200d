"""The cases that a bridge must explain, each under a client whose name says which: how they are set up and played.

Every case starts from a quiet engagement (sold, planned, worked, billed and paid alike) and bends one thing.
The cases themselves are in scenarios_sold.py, scenarios_delivery.py, scenarios_billing.py and scenarios_money.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ingestion.sample_firm import names
from ingestion.sample_firm.billed import Invoice, Line, bill, pay
from ingestion.sample_firm.billing_run import bill_approved
from ingestion.sample_firm.days import add_months, month_end, next_working
from ingestion.sample_firm.ledger import Client, Ledger, Project, Row
from ingestion.sample_firm.planned import (
    PlanLine,
    approve_budget,
    milestone,
    money_line,
    reach,
    spread_months,
    start_project,
    work,
)
from ingestion.sample_firm.sold import DealLine, hours_line, open_client, sell

Scenario = Callable[[Ledger], object]


@dataclass
class Case:
    """An engagement of a scenario: one deal, one project."""

    client: Client
    deal: Row
    project: Project


def quiet(
    ledger: Ledger,
    name: str,
    start: date,
    *,
    hours: int = 240,
    rate: int = 150,
    role: str = "Consultant",
    length: int = 4,
    client: Client | None = None,
    plan: bool = True,
    **of_client: Any,
) -> Case:
    """Hours of one role, won two weeks before the start, planned in equal months; 240 at 150 = 36,000 unless told."""
    client = client or open_client(ledger, name, **of_client)
    end = month_end(add_months(start, length - 1))
    line = hours_line(role, hours, rate)
    won = next_working(start - timedelta(days=14))
    deal = sell(ledger, client, f"{role} support", [line], won, start=start, end=end)
    project = start_project(ledger, client, f"{role} support", next_working(won, 1), deal, start=start, end=end)
    if plan:
        approve_budget(ledger, project, next_working(won, 2), spread_months(role, hours, Decimal(rate), start, end))
    return Case(client, deal, project)


def by_milestones(
    ledger: Ledger, name: str, won: date, steps: list[tuple[int, date, date | None]], fee: int = 0, **of_client: Any
) -> tuple[Case, list[Row]]:
    """A fixed fee: (amount, due, reached or None) of each milestone, planned as sold unless told."""
    client = open_client(ledger, name, **of_client)
    fee = fee or sum(amount for amount, _, _ in steps)
    deal = sell(
        ledger,
        client,
        "Fixed fee",
        [DealLine(Decimal(fee))],
        won,
        contract_type="fixed_fee",
        start=won,
        end=steps[-1][1],
    )
    project = start_project(
        ledger, client, "Fixed fee", next_working(won, 1), deal, contract_type="fixed_fee", start=won, end=steps[-1][1]
    )
    plan, rows = [], []
    for number, (amount, due, reached) in enumerate(steps, start=1):
        row = milestone(ledger, project, f"Milestone {number}", due)
        plan.append(money_line("milestone", amount, due, row))
        rows.append(row)
        if reached:
            reach(row, reached)
    approve_budget(ledger, project, next_working(won, 2), plan)
    return Case(client, deal, project), rows


def labour(ledger: Ledger, project: Project, role: str, hours: int, first: date, last: date, **how: Any) -> list[Row]:
    """Work that must all find its place. Raises ValueError where nobody of the role is free for so much."""
    entries = work(ledger, project, role, hours, first, last, **how)
    if sum(entry["hours"] for entry in entries) != hours:
        raise ValueError(f"{project.row['name']}: no room for {hours} hours of a {role} from {first} to {last}.")
    return entries


def work_as_planned(ledger: Ledger, case: Case, until: date = names.LAST_DAY) -> None:
    """Each month's planned hours, worked in that month and approved."""
    for line in case.project.lines:
        if line["kind"] == "time" and line["planned_date"] <= until:
            first = max(add_months(line["planned_date"], 0), case.project.row["start_date"])
            labour(ledger, case.project, line["role"], int(line["planned_hours"]), first, line["planned_date"])


def billing_day(worked: date) -> date:
    """When a month's work is invoiced: the eighth working day of the next."""
    return next_working(add_months(worked, 1), 7)


def invoice_monthly(ledger: Ledger, case: Case, until: date = names.LAST_DAY) -> list[Invoice]:
    """Everything approved, invoiced month by month and paid a month later."""
    invoices = []
    for month in sorted({add_months(entry["work_date"], 0) for entry in case.project.entries}):
        day = billing_day(month)
        invoice: Invoice | None = None
        if day <= until:
            invoice = bill_approved(ledger, case.project, day, pays=False, worked_by=month_end(month))
        if invoice:
            settle(ledger, invoice)
            invoices.append(invoice)
    return invoices


def invoice_waiting(ledger: Ledger, project: Project, day: date, worked_by: date | None = None) -> Invoice:
    """The approved work of past months (or up to a day) in one invoice, not paid yet. Raises ValueError where nothing
    waits."""
    past = worked_by or month_end(add_months(day, -1))
    invoice = bill_approved(ledger, project, day, pays=False, worked_by=past)
    if invoice is None:
        raise ValueError(f"{project.row['name']}: nothing waits to be invoiced on {day}.")
    return invoice


def settle(ledger: Ledger, invoice: Invoice) -> None:
    """Paid thirty days after its date, if that has come."""
    day = next_working(invoice.day + timedelta(days=30))
    if day <= names.LAST_DAY:
        pay(ledger, invoice, day)


def live(ledger: Ledger, case: Case) -> list[Invoice]:
    """Worked as planned, invoiced and paid to the last day."""
    work_as_planned(ledger, case)
    return invoice_monthly(ledger, case)


def invoice_lines(
    ledger: Ledger,
    case: Case,
    day: date,
    lines: list[Line],
    *,
    paid: bool = True,
    client: Client | None = None,
    **document: Any,
) -> Invoice:
    """An invoice of just these lines, paid a month later."""
    invoice = bill(ledger, client or case.client, day, lines, **document)
    if paid:
        settle(ledger, invoice)
    return invoice


def step_line(case: Case, row: Row, amount: int, project: Project | None = None) -> Line:
    """An invoice line for a milestone."""
    return Line(
        "milestone",
        Decimal(amount),
        project or case.project,
        [("milestone", row["milestone_id"])],
        description=row["name"],
    )


def entry_line(project: Project, entries: list[Row], net: Decimal | None = None) -> Line:
    """An invoice line for these entries, at their worth unless told."""
    worth = sum((entry["hours"] * (entry["bill_rate"] or 0) for entry in entries), Decimal(0))
    return Line(
        "time",
        worth if net is None else net,
        project,
        [("time_entry", entry["time_entry_id"]) for entry in entries],
        on=entries[-1]["work_date"],
    )


def changed(lines: list[Row], percent: int, after: date) -> list[PlanLine]:
    """The newest version's lines, those planned after the day at that percentage of their hours."""
    plan = []
    for line in lines:
        share = percent if line["planned_date"] > after else 100
        plan.append(
            PlanLine(
                line["kind"],
                line["amount"] * share / 100,
                line["planned_date"],
                line["role"],
                (line["planned_hours"] or Decimal(0)) * share / 100 or None,
                line["planned_rate"],
            )
        )
    return plan
