"""Cases of invoicing: early, elsewhere, void, credited, linked. Each docstring says what its bridge shows on the last
day. Cases that need links are billed by Northbeam UK, whose ledger keeps them; in US dollars, so that sums stay plain
(that ledger books in pounds, which leaves a few cents of fx).
"""

from datetime import date
from decimal import Decimal

from ingestion.sample_firm import names
from ingestion.sample_firm.billed import Line, allocate, bill, void
from ingestion.sample_firm.days import at, month_end, months, next_working
from ingestion.sample_firm.ledger import Ledger
from ingestion.sample_firm.planned import approve_budget, milestone, money_line, reach, start_project
from ingestion.sample_firm.scenarios import (
    Case,
    Scenario,
    by_milestones,
    entry_line,
    invoice_lines,
    invoice_monthly,
    invoice_waiting,
    live,
    quiet,
    settle,
    step_line,
    work_as_planned,
)
from ingestion.sample_firm.sold import DealLine, sell


def bills_early(ledger: Ledger) -> Case:
    """A milestone of 15,000 due in October is invoiced in August, not reached: billed_before_milestone +15,000 against
    not_due_yet −15,000; September's retainer of 2,000 invoiced on 20 August: billed_in_advance +2,000, the rest of the
    year not due."""
    case, steps = by_milestones(ledger, "Bills Early Media", date(2026, 5, 4), [(15000, date(2026, 10, 15), None)])
    invoice_lines(ledger, case, date(2026, 8, 10), [step_line(case, steps[0], 15000)])
    deal = sell(
        ledger, case.client, "Retainer", [DealLine(Decimal(12000))], date(2026, 6, 15), contract_type="recurring"
    )
    project = start_project(ledger, case.client, "Retainer", date(2026, 6, 16), deal, contract_type="recurring")
    starts = list(months(date(2026, 7, 1), date(2026, 12, 1)))
    approve_budget(ledger, project, date(2026, 6, 17), [money_line("recurring", 2000, day) for day in starts])
    for line, day in zip(project.lines, (date(2026, 7, 1), date(2026, 8, 3), date(2026, 8, 20)), strict=False):
        invoice_lines(
            ledger,
            Case(case.client, deal, project),
            day,
            [
                Line(
                    "recurring",
                    Decimal(2000),
                    project,
                    [("budget_line", line["budget_line_id"])],
                    on=line["planned_date"],
                )
            ],
        )
    return case


def bills_in_another_currency(ledger: Ledger) -> Case:
    """Sold and planned in dollars, invoiced in euros (each 9,000 billed as 8,300 EUR): fx and billing_adjustment hold
    what the euros make of it."""
    case = quiet(
        ledger,
        "Bills In Euros SARL",
        date(2026, 3, 2),
        role="Principal",
        hours=144,
        rate=250,
        entity=names.UK,
        country="France",
    )
    work_as_planned(ledger, case)
    for month in months(date(2026, 3, 1), date(2026, 6, 1)):
        entries = [entry for entry in case.project.entries if entry["work_date"].month == month.month]
        invoice_lines(
            ledger,
            case,
            next_working(month_end(month), 9),
            [entry_line(case.project, entries, Decimal(8300))],
            currency="EUR",
        )
    return case


def voided_invoice(ledger: Ledger) -> Case:
    """The second ledger voids an invoice of 9,000 on 24 June; its time waits again: approved_not_billed −9,000."""
    case = quiet(ledger, "Voids An Invoice Energy", date(2026, 3, 2), role="Engineer", entity=names.UK)
    work_as_planned(ledger, case)
    invoices = [invoice_waiting(ledger, case.project, date(2026, month, 14)) for month in (4, 5, 6, 7)]
    void(ledger, invoices[1], date(2026, 6, 24))
    for invoice in (invoices[0], *invoices[2:]):
        settle(ledger, invoice)
    return case


def voided_in_quickbooks(ledger: Ledger) -> Case:
    """QuickBooks sets a void invoice to zero; the next invoice bills the same time: no difference."""
    case = quiet(ledger, "Voids In QuickBooks Ltd", date(2026, 3, 2), role="Engineer")
    work_as_planned(ledger, case)
    wrong = invoice_waiting(ledger, case.project, date(2026, 4, 14))
    void(ledger, wrong, date(2026, 4, 15))
    case.project.settled.clear()
    for day in (date(2026, 4, 16), date(2026, 5, 14), date(2026, 6, 15), date(2026, 7, 15)):
        settle(ledger, invoice_waiting(ledger, case.project, day))
    return case


def credited_and_billed_again(ledger: Ledger) -> Case:
    """An invoice of 9,000 to the wrong address is credited in full and billed again by links: no difference."""
    case = quiet(ledger, "Credited In Full And Rebilled Ltd", date(2026, 3, 2), role="Analyst", entity=names.UK)
    work_as_planned(ledger, case)
    wrong = invoice_waiting(ledger, case.project, date(2026, 4, 14))
    lines = [Line("time", -line["net_amount"], case.project) for line in wrong.lines["exports"]]
    credit = invoice_lines(
        ledger, case, date(2026, 5, 5), lines, type="credit_note", credited=wrong, paid=False, reason="Wrong address"
    )
    allocate(ledger, credit, wrong, date(2026, 5, 5))
    case.project.settled.clear()
    again = invoice_waiting(ledger, case.project, date(2026, 5, 6))
    settle(ledger, again)
    invoice_monthly(ledger, case)
    return case


def credit_note_across_month_end(ledger: Ledger) -> Case:
    """Invoiced on 29 May, 1,500 of it credited on 2 June with a reason: credit_note −1,500, an accepted loss."""
    case = quiet(
        ledger, "Credit Note Across Month End Ltd", date(2026, 2, 2), role="Senior Consultant", length=3, hours=180
    )
    work_as_planned(ledger, case)
    invoice_monthly(ledger, case, date(2026, 4, 30))
    last = invoice_waiting(ledger, case.project, date(2026, 5, 29))
    credit = invoice_lines(
        ledger,
        case,
        date(2026, 6, 2),
        [Line("time", Decimal(-1500), case.project)],
        type="credit_note",
        credited=last,
        reason="Late delivery",
        paid=False,
    )
    allocate(ledger, credit, last, date(2026, 6, 3))
    settle(ledger, last)
    return case


def credit_note_beyond_the_invoice(ledger: Ledger) -> Case:
    """A milestone of 10,000 credited with 12,000: un-billed; credit_note −2,000, milestone_not_billed −10,000."""
    case, steps = by_milestones(
        ledger, "Credit Beyond The Invoice Ltd", date(2026, 3, 2), [(10000, date(2026, 5, 15), date(2026, 5, 15))]
    )
    invoice = invoice_lines(ledger, case, date(2026, 5, 20), [step_line(case, steps[0], 10000)], paid=False)
    credit = invoice_lines(
        ledger,
        case,
        date(2026, 7, 8),
        [Line("milestone", Decimal(-12000), case.project)],
        type="credit_note",
        credited=invoice,
        paid=False,
    )
    allocate(ledger, credit, invoice, date(2026, 7, 8))
    return case


def credit_note_without_project(ledger: Ledger) -> Case:
    """QuickBooks credits 900 to the client, naming the invoice and no project: it goes to that invoice's engagement,
    credit_note −900."""
    case = quiet(ledger, "Credit Without Project Ltd", date(2026, 3, 2), role="Consultant", length=3, hours=180)
    invoices = live(ledger, case)
    bill(
        ledger,
        case.client,
        date(2026, 7, 6),
        [Line("adjustment", Decimal(-900))],
        type="credit_note",
        credited=invoices[-1],
    )
    return case


def one_line_many_entries(ledger: Ledger) -> Case:
    """One line names every entry of the engagement; it is 120 short without a reason: billing_adjustment −120."""
    case = quiet(
        ledger, "One Line Many Entries Ltd", date(2026, 3, 2), role="Engineer", entity=names.UK, length=3, hours=180
    )
    work_as_planned(ledger, case)
    invoice_lines(ledger, case, date(2026, 6, 15), [entry_line(case.project, case.project.entries, Decimal(26880))])
    return case


def many_lines_one_milestone(ledger: Ledger) -> Case:
    """A milestone of 30,000 billed in three lines of 10,000 and one of 1,000 too many: billing_adjustment +1,000."""
    case, steps = by_milestones(
        ledger,
        "Many Lines One Milestone Ltd",
        date(2026, 3, 16),
        [(30000, date(2026, 5, 29), date(2026, 5, 28))],
        entity=names.UK,
    )
    for day in (date(2026, 6, 2), date(2026, 6, 16)):
        invoice_lines(ledger, case, day, [step_line(case, steps[0], 10000)])
    invoice_lines(ledger, case, date(2026, 7, 1), [step_line(case, steps[0], 10000), step_line(case, steps[0], 1000)])
    return case


def sibling_milestone(ledger: Ledger) -> Case:
    """Two projects of one deal; a line of the first bills a milestone of the second, by link: no difference."""
    case, _ = by_milestones(
        ledger,
        "Sibling Milestone Ltd",
        date(2026, 3, 16),
        [(12000, date(2026, 5, 29), date(2026, 5, 28))],
        fee=20000,
        entity=names.UK,
    )
    sibling = start_project(ledger, case.client, "Second part", date(2026, 3, 18), case.deal, contract_type="fixed_fee")
    step = milestone(ledger, sibling, "Acceptance", date(2026, 6, 30))
    reach(step, date(2026, 6, 29))
    approve_budget(ledger, sibling, date(2026, 3, 18), [money_line("milestone", 8000, date(2026, 6, 30), step)])
    invoice_lines(
        ledger,
        case,
        date(2026, 7, 2),
        [step_line(case, case.project.milestones[0], 12000), step_line(case, step, 8000)],
    )
    return case


def advance_drawn_down(ledger: Ledger) -> Case:
    """12,000 in advance, drawn down by 4,000 a month against the work: after two of three, billed_in_advance +4,000;
    August's approved_not_billed −9,000 and September's not_due_yet −9,000."""
    case = quiet(ledger, "Advance Drawn Down Ltd", date(2026, 6, 1), role="Engineer", length=4)
    invoice_lines(ledger, case, date(2026, 5, 20), [Line("advance", Decimal(12000), case.project)])
    work_as_planned(ledger, case)
    for month, day in ((6, date(2026, 7, 14)), (7, date(2026, 8, 14))):
        entries = [entry for entry in case.project.entries if entry["work_date"].month == month]
        invoice_lines(
            ledger, case, day, [entry_line(case.project, entries), Line("advance", Decimal(-4000), case.project)]
        )
    return case


def ledger_without_links(ledger: Ledger) -> Case:
    """QuickBooks names no work: a line of 8,000 settles the oldest 9,000 in part, one of 11,000 the rest and 1,000 of
    nothing: after four months billed_without_link +1,000, all inferred."""
    case = quiet(ledger, "No Links Ledger Ltd", date(2026, 3, 2), role="Consultant", length=2, hours=120)
    work_as_planned(ledger, case)
    for day, amount in ((date(2026, 4, 14), 8000), (date(2026, 5, 14), 11000)):
        invoice_lines(ledger, case, day, [Line("time", Decimal(amount), case.project, on=day)])
    case.project.settled.update(entry["time_entry_id"] for entry in case.project.entries)
    return case


def both_ledgers_in_parallel(ledger: Ledger) -> Case:
    """Northbeam UK's invoices of January and February 2026 stand in both ledgers and count once; from March on only the
    second ledger has them. No difference but cents of fx."""
    case = quiet(
        ledger,
        "Both Ledgers In Parallel Ltd",
        date(2025, 11, 3),
        hours=300,
        rate=128,
        length=5,
        entity=names.UK,
        currency="GBP",
        country="United Kingdom",
    )
    live(ledger, case)
    return case


def line_without_project(ledger: Ledger) -> Case:
    """1,250 billed to the client and no project: billed_without_project +1,250, in its unlinked engagement."""
    case = quiet(ledger, "Line Without Project Ltd", date(2026, 3, 2), role="Engineer", length=2, hours=80)
    live(ledger, case)
    bill(ledger, case.client, date(2026, 7, 10), [Line("other", Decimal(1250))])
    return case


def line_of_anothers_work(ledger: Ledger) -> Case:
    """A line names time of another engagement: no link, a breach; billed_without_link +1,200 here."""
    case = quiet(
        ledger, "Names Another's Work Ltd", date(2026, 3, 2), role="Analyst", entity=names.UK, length=3, hours=90
    )
    live(ledger, case)
    other = next(project for project in ledger.projects if project.entries and project.client is not case.client)
    invoice_lines(
        ledger,
        case,
        date(2026, 7, 14),
        [Line("time", Decimal(1200), case.project, [("time_entry", other.entries[0]["time_entry_id"])])],
    )
    return case


def posted_into_closed_period(ledger: Ledger) -> Case:
    """June's invoice was entered on 20 July, after June was closed: a breach, no difference."""
    case = quiet(
        ledger, "Posted Into Closed Period Ltd", date(2026, 4, 6), role="Senior Consultant", length=3, hours=120
    )
    work_as_planned(ledger, case)
    invoice_monthly(ledger, case, date(2026, 6, 30))
    waiting = [entry for entry in case.project.entries if entry["time_entry_id"] not in case.project.settled]
    for entry in waiting:
        entry["approved_at"] = (
            at(date(2026, 6, 30), 9) if entry["work_date"] <= date(2026, 6, 30) else entry["approved_at"]
        )
    invoice_lines(
        ledger, case, date(2026, 6, 30), [entry_line(case.project, waiting)], entered=at(date(2026, 7, 20), 12)
    )
    return case


def adjustment_with_and_without_reason(ledger: Ledger) -> Case:
    """Two adjustment lines: −500 with a reason, −300 without: billing_adjustment −800, 500 of it an accepted loss."""
    case = quiet(ledger, "Adjusted Twice Ltd", date(2026, 4, 6), role="Engineer", length=3, hours=120)
    live(ledger, case)
    invoice_lines(
        ledger,
        case,
        date(2026, 7, 20),
        [Line("adjustment", Decimal(-500), case.project)],
        reason="Volume rebate",
        paid=False,
    )
    invoice_lines(ledger, case, date(2026, 7, 21), [Line("adjustment", Decimal(-300), case.project)], paid=False)
    return case


SCENARIOS: list[Scenario] = [
    bills_early,
    bills_in_another_currency,
    voided_invoice,
    voided_in_quickbooks,
    credited_and_billed_again,
    credit_note_across_month_end,
    credit_note_beyond_the_invoice,
    credit_note_without_project,
    one_line_many_entries,
    many_lines_one_milestone,
    sibling_milestone,
    advance_drawn_down,
    ledger_without_links,
    both_ledgers_in_parallel,
    line_without_project,
    line_of_anothers_work,
    posted_into_closed_period,
    adjustment_with_and_without_reason,
]
