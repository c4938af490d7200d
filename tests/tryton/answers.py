"""What Tryton itself says: its general ledger, timesheet report, opportunity history and projects, as plain data.

Tryton's own models and reports → a dictionary of text. Nothing is read by SQL of ours.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from trytond.pool import Pool
from trytond.transaction import Transaction

MONTHS = [f"2025-{month:02}" for month in range(1, 5)]


def ask(database: str) -> dict[str, Any]:
    with Transaction().start(database, 1, readonly=True) as transaction:
        pool = Pool(database)
        (company,) = pool.get("company.company").search([])
        with transaction.set_context(company=company.id, companies=[company.id]):
            return {
                "ledger": ledger(pool, company),
                "timesheets": timesheets(pool),
                "opportunities": opportunities(pool, company),
                "won": won(pool, company),
                "invoices": invoices(pool),
                "projects": projects(pool),
                "cash": cash(pool, company),
                "receivable": receivable(pool, company),
            }


def accounts_of_month(pool: Any, company: Any, month: str, domain: list[Any]) -> list[tuple[str, Decimal]]:
    """(account code, credit − debit) of one month, from the report `General Ledger - Accounts`, posted moves only."""
    first = date.fromisoformat(month + "-01")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    (year,) = pool.get("account.fiscalyear").search([("company", "=", company.id)])
    GeneralLedger = pool.get("account.general_ledger.account")
    with Transaction().set_context(fiscalyear=year.id, from_date=first, to_date=last, posted=True):
        found = GeneralLedger.search([("company", "=", company.id), *domain])
        return [(line.account.code, line.credit - line.debit) for line in GeneralLedger.browse(found)]


def ledger(pool: Any, company: Any) -> dict[str, dict[str, str]]:
    """Month → revenue account → movement, credit positive."""
    return {
        month: {
            code: str(amount)
            for code, amount in accounts_of_month(pool, company, month, [("type.revenue", "=", True)])
            if amount
        }
        for month in MONTHS
    }


def cash(pool: Any, company: Any) -> dict[str, str]:
    """Month → what came into the bank account, debit positive."""
    bank = [("account.code", "=", "1.1.1")]
    return {month: str(-sum(amount for _, amount in accounts_of_month(pool, company, month, bank))) for month in MONTHS}


def receivable(pool: Any, company: Any) -> str:
    """What customers owe at the end, in the company's currency: the balance of the receivable accounts."""
    months = [accounts_of_month(pool, company, month, [("type.receivable", "=", True)]) for month in MONTHS]
    return str(-sum(amount for accounts in months for _, amount in accounts))


def timesheets(pool: Any) -> dict[str, Any]:
    """Seconds by month and employee from the report `Hours per Employee per Month`; and by project work."""
    report: dict[str, dict[str, int]] = defaultdict(dict)
    for line in pool.get("timesheet.hours_employee_monthly").search([]):
        month = f"{line.year}-{line.month.index:02}"
        report[month][line.employee.party.name] = int(line.duration.total_seconds())
    return {"by_month_and_employee": dict(report), "lines": pool.get("timesheet.line").search([], count=True)}


def opportunities(pool: Any, company: Any) -> list[dict[str, str]]:
    """Every opportunity as it stands now."""
    Opportunity = pool.get("sale.opportunity")
    return [
        {"id": str(o.id), "state": o.state, "amount": str(o.amount), "currency": o.currency.code}
        for o in Opportunity.search([], order=[("id", "ASC")])
    ]


def won(pool: Any, company: Any) -> list[dict[str, str]]:
    """Every winning in Tryton's history of opportunities: its day, its value then, and that value in the company's
    currency at that day's rate, computed by Tryton."""
    Opportunity, Currency = pool.get("sale.opportunity"), pool.get("currency.currency")
    winnings = []
    ids = [o.id for o in Opportunity.search([], order=[("id", "ASC")])]
    for id_ in ids:
        before = None
        for moment, _, _ in sorted(Opportunity.history_revisions([id_])):
            with Transaction().set_context(_datetime=moment):
                then = Opportunity(id_)
                state, amount, currency = then.state, then.amount, then.currency.id
            if state == "won" and before != "won":
                with Transaction().set_context(date=moment.date()):
                    value = Currency.compute(Currency(currency), amount, Currency(company.currency.id))
                winnings.append({"id": str(id_), "on": str(moment.date()), "amount": str(amount), "value": str(value)})
            before = state
    return winnings


def invoices(pool: Any) -> list[dict[str, str]]:
    return [
        {"id": str(i.id), "number": i.number or "", "state": i.state, "date": str(i.invoice_date or ""),
         "currency": i.currency.code, "untaxed": str(i.untaxed_amount), "tax": str(i.tax_amount),
         "total": str(i.total_amount), "to_pay": str(i.amount_to_pay)}
        for i in pool.get("account.invoice").search([], order=[("id", "ASC")])
    ]  # fmt: skip


def projects(pool: Any) -> list[dict[str, str]]:
    """What each project says it has invoiced and may invoice, with its sub-projects, in the company's currency."""
    return [
        {"id": str(w.id), "name": w.name, "method": w.project_invoice_method, "revenue": str(w.revenue),
         "invoiced": str(w.invoiced_amount), "to_invoice": str(w.amount_to_invoice),
         "seconds": str(int(w.timesheet_duration.total_seconds()) if w.timesheet_duration else 0)}
        for w in pool.get("project.work").search([("type", "=", "project")], order=[("id", "ASC")])
    ]  # fmt: skip
