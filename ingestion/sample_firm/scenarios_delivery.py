"""Cases of delivery: holds, closings, time and its fate. Each docstring says what its bridge shows on the last day."""

from datetime import date
from decimal import Decimal

from ingestion.sample_firm import names
from ingestion.sample_firm.days import at, month_end, next_working
from ingestion.sample_firm.ledger import Ledger
from ingestion.sample_firm.planned import (
    approve_budget,
    change_project,
    money_line,
    reject_time,
    spend,
    spread_months,
    start_project,
    time_line,
    write_off,
)
from ingestion.sample_firm.scenarios import (
    Case,
    Scenario,
    by_milestones,
    entry_line,
    invoice_lines,
    invoice_monthly,
    invoice_waiting,
    labour,
    live,
    quiet,
    settle,
    step_line,
    work_as_planned,
)
from ingestion.sample_firm.sold import hours_line, open_client, sell


def pauses_and_resumes(ledger: Ledger) -> Case:
    """On hold from 10 March to 20 April: March's line falls due on 20 April and is worked then. No difference today;
    paused −9,000 in between."""
    case = quiet(ledger, "Pauses And Resumes Foods", date(2026, 2, 2), role="Engineer")
    change_project(ledger, case.project, at(date(2026, 3, 10), 10), "status", "on_hold")
    change_project(ledger, case.project, at(date(2026, 4, 20), 10), "status", "open")
    for first, last in (
        (date(2026, 2, 2), date(2026, 2, 28)),
        (date(2026, 4, 20), date(2026, 4, 30)),
        (date(2026, 5, 1), date(2026, 5, 15)),
        (date(2026, 5, 16), date(2026, 5, 29)),
    ):
        labour(ledger, case.project, "Engineer", 60, first, last)
    invoice_monthly(ledger, case)
    return case


def still_on_hold(ledger: Ledger) -> Case:
    """On hold since 6 July: July's and August's lines wait, paused −18,000."""
    case = quiet(ledger, "Still On Hold Hotels", date(2026, 5, 4), role="Engineer")
    work_as_planned(ledger, case, date(2026, 6, 30))
    change_project(ledger, case.project, at(date(2026, 7, 6), 10), "status", "on_hold")
    invoice_monthly(ledger, case)
    return case


def closes_early(ledger: Ledger) -> Case:
    """Closed on 29 May with the first of three milestones done: project_ended −24,000."""
    case, steps = by_milestones(
        ledger,
        "Closes Early Logistics",
        date(2026, 2, 16),
        [
            (12000, date(2026, 4, 15), date(2026, 4, 14)),
            (12000, date(2026, 6, 30), None),
            (12000, date(2026, 8, 14), None),
        ],
    )
    invoice_lines(ledger, case, date(2026, 4, 20), [step_line(case, steps[0], 12000)])
    change_project(ledger, case.project, at(date(2026, 5, 29), 16), "status", "closed")
    return case


def fixed_fee_much_time(ledger: Ledger) -> Case:
    """A fee of 36,000, milestones billed; 300 hours on it are cost and stand in no driver: no difference."""
    case, steps = by_milestones(
        ledger,
        "Fixed Fee Much Time Studios",
        date(2025, 11, 3),
        [(18000, date(2026, 1, 15), date(2026, 1, 15)), (18000, date(2026, 3, 31), date(2026, 4, 2))],
    )
    labour(ledger, case.project, "Designer", 300, date(2025, 11, 10), date(2026, 4, 2), rate=Decimal(145))
    for step, day in zip(steps, (date(2026, 1, 19), date(2026, 4, 7)), strict=True):
        invoice_lines(ledger, case, day, [step_line(case, step, 18000)])
    return case


def time_before_after_ahead(ledger: Ledger) -> Case:
    """Three projects. Time before its plan: billed, and hours 0 once planned for it. After its plan: hours +3,000,
    approved_not_billed −3,000. Ahead of its plan: worked_before_due +4,500, approved_not_billed −4,500,
    not_due_yet −27,000."""
    early = quiet(ledger, "Time Before After Ahead Ltd", date(2026, 2, 2), role="Engineer", plan=False)
    labour(ledger, early.project, "Engineer", 60, date(2026, 2, 2), date(2026, 2, 27))
    for entry in early.project.entries:
        entry["bill_rate"] = Decimal(150)
    approve_budget(
        ledger,
        early.project,
        date(2026, 3, 2),
        spread_months("Engineer", 240, Decimal(150), date(2026, 2, 2), date(2026, 5, 31)),
    )
    for first in (date(2026, 3, 2), date(2026, 4, 1), date(2026, 5, 1)):
        labour(ledger, early.project, "Engineer", 60, first, month_end(first))
    invoice_monthly(ledger, early)
    late = quiet(ledger, "", date(2026, 3, 2), client=early.client)
    live(ledger, late)
    labour(ledger, late.project, "Consultant", 20, date(2026, 7, 13), date(2026, 7, 24))
    ahead = quiet(ledger, "", date(2026, 6, 1), client=early.client, length=5, role="Engineer", plan=False)
    approve_budget(
        ledger,
        ahead.project,
        date(2026, 5, 20),
        [time_line("Engineer", 60, 150, date(2026, 6, 30)), time_line("Engineer", 180, 150, date(2026, 10, 31))],
    )
    live(ledger, ahead)
    labour(ledger, ahead.project, "Engineer", 30, date(2026, 8, 12), date(2026, 8, 21))
    return early


def approved_then_rejected(ledger: Ledger) -> Case:
    """8 hours were approved and then rejected: as if they never were, hours −1,200."""
    case = quiet(ledger, "Approved Then Rejected Pharma", date(2026, 4, 6), role="Principal", hours=96, rate=150)
    work_as_planned(ledger, case)
    reject_time(next(entry for entry in case.project.entries if entry["hours"] == 8))
    invoice_monthly(ledger, case)
    return case


def invoiced_then_written_off(ledger: Ledger) -> Case:
    """Invoiced in May, written off in June: the invoice came first, no difference."""
    case = quiet(ledger, "Invoiced Then Written Off LLP", date(2026, 3, 2), role="Principal", hours=96, rate=250)
    live(ledger, case)
    write_off(case.project.entries[0], date(2026, 6, 22), "Goodwill")
    return case


def written_off_then_invoiced(ledger: Ledger) -> Case:
    """8 hours written off without a reason in April, and billed all the same in May by a line that names them:
    written_off −1,200, billing_adjustment +1,200."""
    case = quiet(ledger, "Written Off Then Invoiced LLP", date(2026, 3, 2), role="Analyst", entity=names.UK)
    work_as_planned(ledger, case)
    given_up = next(entry for entry in case.project.entries if entry["hours"] == 8)
    write_off(given_up, date(2026, 4, 7))
    invoice_lines(ledger, case, date(2026, 5, 6), [entry_line(case.project, [given_up])])
    invoice_monthly(ledger, case)
    return case


def reasons_of_time(ledger: Ledger) -> Case:
    """Of the month: 8 h given away with a reason, 8 h without; 8 h written off with a reason, 8 h without; 8 h without
    a rate; 8 h unapproved: non_billable_time −2,400, written_off −2,400, missing_bill_rate −1,200, unapproved −1,200,
    half of the first two an accepted loss."""
    case = quiet(ledger, "Time Given Away And Lost Ltd", date(2026, 4, 6), role="Engineer")
    work_as_planned(ledger, case)
    whole = [entry for entry in case.project.entries if entry["hours"] == 8]
    for entry, reason in zip(whole[:2], ("Rework at our cost", None), strict=True):
        entry["is_billable"], entry["non_billable_reason"] = False, reason
    for entry, reason in zip(whole[2:4], ("Agreed discount", None), strict=True):
        write_off(entry, date(2026, 5, 4), reason)
    whole[4]["bill_rate"] = None
    whole[5]["status"], whole[5]["approved_at"] = "submitted", None
    invoice_monthly(ledger, case)
    return case


def bills_late(ledger: Ledger) -> Case:
    """All of May's 9,000 approved in early June, still not invoiced: approved_not_billed −9,000, past its time."""
    case = quiet(ledger, "Bills Late Retail", date(2026, 2, 2), role="Engineer")
    work_as_planned(ledger, case)
    invoice_monthly(ledger, case, date(2026, 5, 29))
    return case


def work_nobody_planned(ledger: Ledger) -> Case:
    """16 hours of a partner in a plan without one, and a consultant at 140 instead of 150 for 40 hours:
    work_not_planned +5,120, rate −400, all billed."""
    case = quiet(ledger, "Work Nobody Planned Ltd", date(2026, 4, 6), role="Consultant")
    work_as_planned(ledger, case)
    cheaper = [entry for entry in case.project.entries if entry["hours"] == 8][:5]
    for entry in cheaper:
        entry["bill_rate"] = Decimal(140)
    labour(ledger, case.project, "Partner", 16, date(2026, 5, 4), date(2026, 5, 29), rate=Decimal(320))
    invoice_monthly(ledger, case)
    return case


def expenses_over_plan(ledger: Ledger) -> Case:
    """2,000 of expenses planned, 2,600 spent, 600 of it not approved yet: replanned +2,000 before,
    expenses +600, unapproved −600."""
    case = quiet(ledger, "Expenses Over Plan Ltd", date(2026, 4, 6), role="Analyst")
    approve_budget(
        ledger,
        case.project,
        date(2026, 4, 7),
        [
            *spread_months("Analyst", 240, Decimal(150), date(2026, 4, 6), date(2026, 7, 31)),
            money_line("expense", 2000, date(2026, 7, 31)),
        ],
        reason="Travel was forgotten",
    )
    spend(ledger, case.project, date(2026, 5, 12), Decimal(2000))
    spend(ledger, case.project, date(2026, 8, 4), Decimal(600), approve=False)
    live(ledger, case)
    return case


def client_on_credit_hold(ledger: Ledger) -> Case:
    """Worked on while the ledger has the client on credit hold: a breach; approved_not_billed −9,000."""
    case = quiet(ledger, "Client On Credit Hold Works", date(2026, 4, 6), role="Senior Consultant", entity=names.UK)
    work_as_planned(ledger, case)
    invoice_monthly(ledger, case, date(2026, 7, 20))
    case.client.customers["exports"]["is_on_credit_hold"] = True
    return case


def draft_project(ledger: Ledger) -> Case:
    """Sold, and its project still a draft: its plan does not count yet, not_handed_over −15,000."""
    client = open_client(ledger, "Project Still A Draft Ltd")
    deal = sell(ledger, client, "Pilot", [hours_line("Engineer", 100, 150)], date(2026, 8, 17))
    project = start_project(ledger, client, "Pilot", date(2026, 8, 19), deal, status="draft", start=date(2026, 9, 14))
    approve_budget(ledger, project, date(2026, 8, 20), [time_line("Engineer", 100, 150, date(2026, 10, 30))])
    return Case(client, deal, project)


def same_client_three_spellings(ledger: Ledger) -> Case:
    """One company under three names and no tax id: tied by client_aliases.csv, else proposed as a duplicate."""
    case = quiet(
        ledger,
        "Three Spellings Holdings, Inc.",
        date(2026, 2, 2),
        role="Engineer",
        psa_name="Three Speling Holding",
        billed_name="3 Spellings Holdings",
        has_tax_id=False,
        known_to_psa=False,
    )
    live(ledger, case)
    same_client(
        ledger,
        case.client.account["account_id"],
        case.client.psa_client["client_id"],
        case.client.customers["quickbooks"]["customer_id"],
        reason="Spelled differently in each system",
    )
    return case


def same_client(ledger: Ledger, first: str, *others: str, reason: str, since: date = names.FIRST_DAY) -> None:
    """Someone decided that these client keys are one company."""
    for key, role in zip(others, ("psa", "accounting") if len(others) > 1 else ("crm",), strict=True):
        ledger.decide(
            "client_aliases",
            client_key=f"{role}:{key}",
            same_as=f"crm:{first}",
            from_date=since,
            reason=reason,
            approved_by="Leah Novak",
        )


def client_changes_legal_entity(ledger: Ledger) -> Case:
    """Old Name Ltd becomes New Name plc in May: a new account and customer (client_aliases.csv says they are one), and
    the last invoices go to the new one. No difference."""
    case = quiet(ledger, "Old Name Ltd (now New Name plc)", date(2026, 2, 2), role="Senior Consultant")
    work_as_planned(ledger, case)
    invoice_monthly(ledger, case, date(2026, 4, 30))
    after = open_client(ledger, "New Name plc (was Old Name Ltd)", created=date(2026, 5, 1))
    case.project.client = after
    case.project.in_ledgers.clear()
    for day in (date(2026, 5, 12), next_working(date(2026, 6, 10))):
        settle(ledger, invoice_waiting(ledger, case.project, day))
    case.project.client = case.client
    same_client(
        ledger,
        case.client.account["account_id"],
        after.account["account_id"],
        since=date(2026, 5, 1),
        reason="Old Name Ltd became New Name plc",
    )
    return case


def unapproved_for_long(ledger: Ledger) -> Case:
    """40 hours of June wait for approval since: unapproved −6,000, past its time."""
    case = quiet(ledger, "Unapproved For Months Ltd", date(2026, 3, 2), role="Principal", hours=160, rate=150)
    work_as_planned(ledger, case, date(2026, 5, 31))
    labour(ledger, case.project, "Principal", 40, date(2026, 6, 1), date(2026, 6, 30), approve=False)
    invoice_monthly(ledger, case)
    return case


SCENARIOS: list[Scenario] = [
    pauses_and_resumes,
    still_on_hold,
    closes_early,
    fixed_fee_much_time,
    time_before_after_ahead,
    approved_then_rejected,
    invoiced_then_written_off,
    written_off_then_invoiced,
    reasons_of_time,
    bills_late,
    work_nobody_planned,
    expenses_over_plan,
    client_on_credit_hold,
    draft_project,
    same_client_three_spellings,
    client_changes_legal_entity,
    unapproved_for_long,
]
