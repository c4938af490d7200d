"""A billing run: what waits on a project, invoiced in one document and paid around its due date.

Data flow: the approved, unsettled work of a Project -> `bill_approved` -> an Invoice in the ledgers of that day.
"""

from datetime import date, timedelta
from decimal import Decimal

from ingestion.sample_firm.billed import Invoice, Line, bill, pay
from ingestion.sample_firm.days import at, next_working
from ingestion.sample_firm.ledger import Ledger, Project, Row, cents


def worth(entry: Row) -> Decimal:
    """What an entry is worth, in its project's currency, in cents."""
    if "amount" in entry:
        return Decimal(entry["amount"])
    return cents(entry["hours"] * (entry["bill_rate"] or 0))


def unbilled(project: Project, rows: list[Row], key: str, day: date, worked_by: date) -> list[Row]:
    """Billable rows of work up to a day, approved by the other, not yet invoiced and not written off before it."""
    return [
        row
        for row in rows
        if row["status"] == "approved"
        and row["is_billable"]
        and row[key] not in project.settled
        and (row.get("work_date") or row["expense_date"]) <= worked_by
        and row["approved_at"] <= at(day, 18)
        and worth(row)
        and not (row["written_off_at"] and row["written_off_at"] < at(day, 0))
    ]


def bill_approved(
    ledger: Ledger, project: Project, day: date, *, pays: bool = True, worked_by: date | None = None
) -> Invoice | None:
    """One invoice for all time and expenses approved by that day (of work up to another, if told); None where nothing
    waits."""
    lines = []
    for kind, source, rows in (("time", "time_entry", project.entries), ("expense", "expense", project.expenses)):
        key = f"{source}_id"
        found = unbilled(project, rows, key, day, worked_by or day)
        if found:
            lines.append(
                Line(
                    kind,
                    sum((worth(row) for row in found), Decimal(0)),
                    project,
                    [(source, row[key]) for row in found],
                    on=max(r.get("work_date") or r["expense_date"] for r in found),
                )
            )
    if not lines:
        return None
    return send(ledger, project, day, lines, pays=pays)


def send(ledger: Ledger, project: Project, day: date, lines: list[Line], *, pays: bool = True) -> Invoice:
    """Invoice the lines, and be paid around the due date."""
    invoice = bill(ledger, project.client, day, lines)
    draw = ledger.random.random()
    if pays and draw > 0.02:
        delay = ledger.random.randint(-6, 9) + project.client.pays_late_days + (40 if draw < 0.06 else 0)
        paid_on = next_working(day + timedelta(days=max(3, project.client.terms_days + delay)))
        ledger.later(paid_on, lambda: pay(ledger, invoice, paid_on))
    return invoice
