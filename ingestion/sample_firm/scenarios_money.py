"""Cases of money: rates, disputes, payments, losses, postings. Each docstring says what its bridges show."""

from datetime import date
from decimal import Decimal

from ingestion.sample_firm import names
from ingestion.sample_firm.billed import Line, allocate, bill, pay, post
from ingestion.sample_firm.days import at, month_end, months, next_working
from ingestion.sample_firm.ledger import Ledger
from ingestion.sample_firm.planned import approve_budget, money_line, start_project
from ingestion.sample_firm.scenarios import (
    Case,
    Scenario,
    by_milestones,
    invoice_lines,
    invoice_monthly,
    invoice_waiting,
    live,
    quiet,
    step_line,
    work_as_planned,
)
from ingestion.sample_firm.sold import DealLine, open_client, sell


def rate_missing_before_the_first(ledger: Ledger) -> Case:
    """Sold, planned and first billed in Canadian dollars weeks before the first rate: missing_fx_rate, with the native
    amounts; what comes after has a rate."""
    case = quiet(
        ledger,
        "Missing FX Rate Canada",
        date(2024, 10, 1),
        role="Consultant",
        entity=names.CANADA,
        currency="CAD",
        country="Canada",
        length=3,
        hours=180,
    )
    work_as_planned(ledger, case)
    early = invoice_waiting(ledger, case.project, date(2024, 10, 22), date(2024, 10, 22))
    for lines in early.lines.values():
        for line in lines:
            line["booked_amount"] = line["booked_currency"] = None
    pay(ledger, early, date(2024, 11, 20))
    invoice_monthly(ledger, case)
    return case


def disputed_invoice(ledger: Ledger) -> Case:
    """June's invoice is in dispute since July: disputed instead of overdue."""
    case = quiet(ledger, "Disputed Invoice Ltd", date(2026, 3, 2), role="Engineer", entity=names.UK)
    work_as_planned(ledger, case)
    invoice_monthly(ledger, case, date(2026, 6, 30))
    invoice = invoice_waiting(ledger, case.project, date(2026, 7, 13))
    invoice.row["disputed_at"], invoice.row["dispute_reason"] = at(date(2026, 7, 28), 10), "Hours contested"
    return case


def part_payment_in_another_currency(ledger: Ledger) -> Case:
    """An invoice of 20,000 EUR of which 12,000 USD settle 11,000: the rest is overdue."""
    case, steps = by_milestones(
        ledger,
        "Part Payment In Dollars GmbH",
        date(2026, 3, 16),
        [(20000, date(2026, 5, 15), date(2026, 5, 15))],
        entity=names.UK,
        currency="EUR",
        country="Germany",
    )
    invoice = invoice_lines(ledger, case, date(2026, 5, 19), [step_line(case, steps[0], 20000)], paid=False)
    pay(ledger, invoice, date(2026, 6, 22), Decimal(12000), currency="USD", applied=Decimal(11000))
    return case


def overpayment(ledger: Ledger) -> Case:
    """The last invoice is paid with 500 too much, which stays on account: overpaid +500."""
    case = quiet(ledger, "Overpaying Hotels", date(2026, 3, 2), role="Engineer", length=3, hours=120)
    work_as_planned(ledger, case)
    invoice_monthly(ledger, case, date(2026, 5, 31))
    last = invoice_waiting(ledger, case.project, date(2026, 6, 15))
    pay(ledger, last, date(2026, 7, 15), extra=Decimal(500))
    return case


def bad_debt(ledger: Ledger) -> Case:
    """An insolvent client: 9,000 of the last invoice written off as bad debt: bad_debt −9,000, an accepted loss."""
    case = quiet(ledger, "Bad Debt Airways", date(2026, 2, 2), role="Senior Consultant", entity=names.UK)
    work_as_planned(ledger, case)
    invoice_monthly(ledger, case, date(2026, 5, 29))
    last = invoice_waiting(ledger, case.project, date(2026, 6, 12))
    pay(ledger, last, date(2026, 8, 14), kind="bad_debt")
    return case


def withheld_and_refunded(ledger: Ledger) -> Case:
    """A tenth of each invoice is withheld as tax (withheld −3,600); 1,000 credited after payment and refunded:
    credit_note −1,000."""
    case = quiet(
        ledger, "Withholding And Refund SpA", date(2026, 3, 2), role="Analyst", entity=names.UK, country="Italy"
    )
    work_as_planned(ledger, case)
    invoices = []
    for month in months(date(2026, 4, 1), date(2026, 7, 1)):
        invoice = invoice_waiting(ledger, case.project, next_working(month, 8))
        withheld = invoice.gross / 10
        pay(ledger, invoice, next_working(month_end(month)), invoice.gross - withheld)
        pay(ledger, invoice, next_working(month_end(month)), withheld, kind="withholding")
        invoices.append(invoice)
    invoice_lines(
        ledger,
        case,
        date(2026, 8, 5),
        [Line("adjustment", Decimal(-1000), case.project)],
        type="credit_note",
        credited=invoices[-1],
        paid=False,
        reason="Goodwill",
    )
    pay(ledger, invoices[-1], date(2026, 8, 12), Decimal(1000), kind="refund")
    return case


def year_billed_ahead(ledger: Ledger) -> Case:
    """One year's retainer billed ahead and recognised by month: deferred −14,000, billed_in_advance +14,000;
    half of it paid."""
    client = open_client(ledger, "Year Billed Ahead Museum")
    deal = sell(ledger, client, "Support year", [DealLine(Decimal(24000))], date(2026, 3, 2), contract_type="recurring")
    project = start_project(ledger, client, "Support year", date(2026, 3, 3), deal, contract_type="recurring")
    starts = list(months(date(2026, 4, 1), date(2027, 3, 1)))
    approve_budget(ledger, project, date(2026, 3, 4), [money_line("recurring", 2000, day) for day in starts])
    invoice = bill(
        ledger,
        client,
        date(2026, 4, 1),
        [
            Line(
                "recurring",
                Decimal(24000),
                project,
                on=date(2027, 3, 31),
                account_code=names.DEFERRED_ACCOUNT,
                description="Support, April 2026 to March 2027",
            )
        ],
    )
    for day in starts[:5]:
        post(ledger, project, month_end(day), Decimal(2000), account="4200", posted_by="Revenue schedule")
    pay(ledger, invoice, date(2026, 5, 4), Decimal(12000))
    return Case(client, deal, project)


def manual_postings(ledger: Ledger) -> Case:
    """18,000 posted by hand with no invoice, exactly what billing lacks of the plan: accrued +18,000, two breaches."""
    case = quiet(ledger, "Posted By Hand Ltd", date(2026, 5, 4), role="Engineer", length=3, hours=180)
    work_as_planned(ledger, case)
    invoice_monthly(ledger, case, date(2026, 6, 30))
    post(ledger, case.project, date(2026, 8, 31), Decimal(18000), source="manual", posted_by="Leah Novak")
    return case


def intercompany(ledger: Ledger) -> None:
    """Northbeam LLC charges Northbeam UK: in no metric and no bridge."""
    client = open_client(ledger, "Northbeam UK Intercompany", country="United Kingdom")
    client.entity = names.US
    invoice = bill(ledger, client, date(2026, 6, 30), [Line("other", Decimal(40000))], taxed=False)
    client.customers["quickbooks"]["is_intercompany"] = True
    pay(ledger, invoice, date(2026, 7, 31))


def draft_and_rejected_invoices(ledger: Ledger) -> Case:
    """The last month's invoice was rejected by the client's portal and its successor is a draft: neither counts,
    approved_not_billed −9,000."""
    case = quiet(ledger, "Rejected And Draft Invoices Ltd", date(2026, 4, 6), role="Engineer", entity=names.UK)
    work_as_planned(ledger, case)
    invoice_monthly(ledger, case, date(2026, 7, 31))
    waiting = [entry for entry in case.project.entries if entry["time_entry_id"] not in case.project.settled]
    links = [("time_entry", entry["time_entry_id"]) for entry in waiting]
    for status, day in (("rejected", date(2026, 8, 12)), ("draft", date(2026, 8, 26))):
        bill(ledger, case.client, day, [Line("time", Decimal(9000), case.project, links)], status=status)
    return case


def subcontracted(ledger: Ledger) -> Case:
    """Part of the work bought in: cost postings of 7,000 lower its margin; no difference in the bridges."""
    case = quiet(ledger, "Subcontracted Works Ltd", date(2026, 2, 2), role="Senior Consultant", hours=160)
    live(ledger, case)
    for day, amount in ((date(2026, 3, 10), 3000), (date(2026, 5, 8), 4000)):
        ledger.add(
            "accounting_cost_postings",
            "exports",
            posting_id=f"exports:CP{ledger.number('cost posting')}",
            posted_on=day,
            amount=Decimal(amount),
            currency="USD",
            project_id=case.project.key,
            account_code="5100",
            description="Subcontractors",
        )
    return case


def credit_pays_down_another_invoice(ledger: Ledger) -> Case:
    """A credit of 1,800 (no invoice named) is applied to the next one in QuickBooks; the rest is paid:
    credit_note −1,800."""
    case = quiet(ledger, "Credit Applied Elsewhere Ltd", date(2026, 4, 6), role="Analyst")
    work_as_planned(ledger, case)
    invoice_monthly(ledger, case, date(2026, 6, 30))
    credit = bill(
        ledger,
        case.client,
        date(2026, 7, 1),
        [Line("time", Decimal(-1800), case.project)],
        type="credit_note",
        reason="Junior staff at senior rates",
    )
    next_one = invoice_waiting(ledger, case.project, date(2026, 7, 14))
    allocate(ledger, credit, next_one, date(2026, 7, 15))
    pay(ledger, next_one, date(2026, 8, 13))
    invoice_waiting(ledger, case.project, date(2026, 8, 13))
    return case


SCENARIOS: list[Scenario] = [
    rate_missing_before_the_first,
    disputed_invoice,
    part_payment_in_another_currency,
    overpayment,
    bad_debt,
    withheld_and_refunded,
    year_billed_ahead,
    manual_postings,
    intercompany,
    draft_and_rejected_invoices,
    subcontracted,
    credit_pays_down_another_invoice,
]
