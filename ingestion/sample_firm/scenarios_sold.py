"""Cases of what was sold and how it became a plan. Each docstring says what its bridges show on the last day."""

from datetime import date
from decimal import Decimal

from ingestion.sample_firm.days import at
from ingestion.sample_firm.ledger import Ledger
from ingestion.sample_firm.planned import (
    approve_budget,
    link_deal,
    spread_months,
    start_project,
    time_line,
)
from ingestion.sample_firm.scenarios import (
    Case,
    Scenario,
    changed,
    invoice_monthly,
    labour,
    live,
    quiet,
)
from ingestion.sample_firm.sold import (
    delete_deal,
    edit_deal,
    hours_line,
    lose_deal,
    move_deal,
    open_client,
    open_deal,
    sell,
    win_deal,
)


def worked_example(ledger: Ledger) -> Case:
    """Sold 100,000; CO-1 leaves 85,000 planned (scope_reduced −15,000, approved); billed 60,000:
    approved_not_billed −10,000, not_due_yet −15,000."""
    client = open_client(ledger, "Worked Example Ltd")
    won, end, role = date(2026, 3, 16), date(2026, 10, 31), "Senior Consultant"
    deal = sell(ledger, client, "Order platform", [hours_line(role, 500, 200)], won, start=date(2026, 4, 1), end=end)
    project = start_project(ledger, client, "Order platform", date(2026, 3, 17), deal, start=date(2026, 4, 1), end=end)
    ends = [date(2026, month, 30 if month in (4, 6, 9) else 31) for month in range(4, 11)]
    before, after = (100, 100, 100, 50, 50, 50, 50), (100, 100, 60, 40, 50, 45, 30)
    approve_budget(
        ledger,
        project,
        date(2026, 3, 19),
        [time_line(role, hours, 200, end) for hours, end in zip(before, ends, strict=True)],
    )
    approve_budget(
        ledger,
        project,
        date(2026, 6, 15),
        [time_line(role, hours, 200, end) for hours, end in zip(after, ends, strict=True)],
        change_order="CO-1",
        reason="The client drops two interfaces",
        approved_by="Ines Calder",
    )
    case = Case(client, deal, project)
    for hours, end in zip(after[:4], ends[:4], strict=True):
        labour(ledger, project, role, hours, end.replace(day=1), end)
    invoice_monthly(ledger, case)
    labour(ledger, project, role, 50, date(2026, 8, 12), date(2026, 8, 21))
    return case


def scope_drops_after_close(ledger: Ledger) -> Case:
    """Sold 36,000, planned and billed 27,000 under CO-1 that nobody approved: scope_reduced −9,000."""
    case = quiet(ledger, "Scope Drops After Close Ltd", date(2026, 2, 2))
    approve_budget(
        ledger, case.project, date(2026, 3, 16), changed(case.project.lines, 50, date(2026, 3, 31)), change_order="CO-1"
    )
    live(ledger, case)
    return case


def scope_drop_signed(ledger: Ledger) -> Case:
    """The same drop signed as a deal of −9,000: sold, planned and billed 27,000, change_order 0."""
    case = quiet(ledger, "Scope Drop Signed Inc", date(2026, 2, 2), role="Engineer")
    approve_budget(
        ledger,
        case.project,
        date(2026, 3, 16),
        changed(case.project.lines, 50, date(2026, 3, 31)),
        change_order="CO-1",
        approved_by="Priya Raman",
    )
    sell(
        ledger,
        case.client,
        "Scope drop",
        [hours_line("Engineer", -60, 150)],
        date(2026, 3, 20),
        created=date(2026, 3, 10),
        parent=case.deal,
        change_order="CO-1",
    )
    live(ledger, case)
    return case


def deal_split_into_two_projects(ledger: Ledger) -> Case:
    """One deal of 48,000 delivered by two projects of 24,000: one engagement, no difference."""
    client = open_client(ledger, "Split Deal Partners")
    deal = sell(
        ledger,
        client,
        "Two work streams",
        [hours_line("Consultant", 160, 150), hours_line("Engineer", 160, 150)],
        date(2025, 9, 22),
    )
    for role in ("Consultant", "Engineer"):
        project = start_project(
            ledger, client, f"Stream of the {role}", date(2025, 9, 24), deal, start=date(2025, 10, 6)
        )
        approve_budget(
            ledger,
            project,
            date(2025, 9, 26),
            spread_months(role, 160, Decimal(150), date(2025, 10, 6), date(2026, 1, 31)),
        )
        live(ledger, Case(client, deal, project))
    return Case(client, deal, project)


def two_deals_one_project(ledger: Ledger) -> Case:
    """Deals of 24,000 and 12,000 feed one project of 36,000: one engagement, no difference."""
    client = open_client(ledger, "Two Deals One Project Co")
    first = sell(ledger, client, "Phase one", [hours_line("Analyst", 240, 100)], date(2025, 10, 6))
    second = sell(ledger, client, "Phase two", [hours_line("Analyst", 120, 100)], date(2025, 10, 13))
    project = start_project(ledger, client, "Both phases", date(2025, 10, 15), first, start=date(2025, 11, 3))
    link_deal(ledger, project, second)
    approve_budget(
        ledger,
        project,
        date(2025, 10, 17),
        spread_months("Analyst", 360, Decimal(100), date(2025, 11, 3), date(2026, 4, 30)),
    )
    live(ledger, Case(client, first, project))
    return Case(client, first, project)


def change_order_nobody_signed(ledger: Ledger) -> Case:
    """CO-7 adds 9,000 to the plan and is worked and billed, but never sold: change_order_not_sold +9,000."""
    case = quiet(ledger, "Unsigned Change Order Inc", date(2026, 2, 2), role="Designer", hours=120, rate=150)
    approve_budget(
        ledger,
        case.project,
        date(2026, 3, 16),
        changed(case.project.lines, 200, date(2026, 3, 31)),
        change_order="CO-7",
    )
    live(ledger, case)
    return case


def change_order_not_planned(ledger: Ledger) -> Case:
    """A change order of 7,500 was signed in July; the plan does not name it yet: change_order_not_planned −7,500."""
    case = quiet(ledger, "Change Order Not Planned Ltd", date(2026, 5, 4), role="Engineer", hours=120)
    sell(
        ledger,
        case.client,
        "More of it",
        [hours_line("Engineer", 50, 150)],
        date(2026, 7, 20),
        created=date(2026, 7, 1),
        parent=case.deal,
        change_order="CO-2",
    )
    live(ledger, case)
    return case


def first_plan_is_a_change_order(ledger: Ledger) -> Case:
    """The first version names CO-1 (signed for the 6,000 it adds); the hand-over is what the second differs by."""
    case = quiet(ledger, "First Plan Is A Change Order Ltd", date(2026, 1, 5), role="Engineer", hours=120, plan=False)
    start, end = date(2026, 1, 5), date(2026, 4, 30)
    approve_budget(
        ledger, case.project, date(2026, 1, 2), [time_line("Engineer", 40, 150, date(2026, 4, 30))], change_order="CO-1"
    )
    sell(
        ledger,
        case.client,
        "Early extra",
        [hours_line("Engineer", 40, 150)],
        date(2026, 1, 2),
        created=date(2025, 12, 20),
        parent=case.deal,
        change_order="CO-1",
    )
    approve_budget(
        ledger,
        case.project,
        date(2026, 1, 7),
        [*spread_months("Engineer", 120, Decimal(150), start, end), time_line("Engineer", 40, 150, end)],
    )
    live(ledger, case)
    return case


def amount_overwritten_after_close(ledger: Ledger) -> Case:
    """Scope drops as in the worked example and sales overwrites 36,000 with 27,000: sold stays 36,000,
    scope_reduced −9,000, and a breach names the overwrite."""
    case = quiet(ledger, "Amount Overwritten After Close Corp", date(2026, 2, 2), role="Senior Consultant")
    approve_budget(
        ledger,
        case.project,
        date(2026, 3, 16),
        changed(case.project.lines, 50, date(2026, 3, 31)),
        change_order="CO-1",
        approved_by="Hugh Mercer",
    )
    edit_deal(ledger, case.deal, at(date(2026, 3, 18), 14), "amount", Decimal(27000), "Marcus Bell")
    live(ledger, case)
    return case


def mistake_at_closing_corrected(ledger: Ledger) -> Case:
    """Closed at 63,000 by a slip; an approved correction of −27,000 (sold_corrections.csv) makes it 36,000: no
    difference."""
    case = quiet(ledger, "Corrected At Closing Bank", date(2026, 3, 2), role="Senior Consultant")
    case.deal["amount"] = Decimal(63000)
    ledger.decide(
        "sold_corrections",
        deal=case.deal["deal_id"],
        date=date(2026, 2, 20),
        amount=Decimal(-27000),
        reason="Digits swapped when the deal was closed",
        approved_by="Dana Whitfield",
    )
    live(ledger, case)
    return case


def reopened_lost_won_again(ledger: Ledger) -> Case:
    """Won at 40,000, reopened and lost in December, won again at 36,000 in January: sold 36,000, no difference."""
    client = open_client(ledger, "Reopened Lost And Won Again Ltd")
    deal = open_deal(ledger, client, "Analyst support", [hours_line("Analyst", 240, 150)], date(2025, 9, 15))
    edit_deal(ledger, deal, at(date(2025, 9, 18), 10), "amount", Decimal(40000))
    win_deal(ledger, deal, date(2025, 11, 3))
    move_deal(ledger, deal, at(date(2025, 12, 8), 10), "Negotiation")
    lose_deal(ledger, deal, date(2025, 12, 10))
    move_deal(ledger, deal, at(date(2026, 1, 12), 10), "Negotiation")
    edit_deal(ledger, deal, at(date(2026, 1, 15), 10), "amount", Decimal(36000))
    win_deal(ledger, deal, date(2026, 1, 19))
    project = start_project(ledger, client, "Analyst support", date(2026, 1, 20), deal, start=date(2026, 2, 2))
    approve_budget(
        ledger,
        project,
        date(2026, 1, 22),
        spread_months("Analyst", 240, Decimal(150), date(2026, 2, 2), date(2026, 5, 31)),
    )
    live(ledger, Case(client, deal, project))
    return Case(client, deal, project)


def deal_without_project(ledger: Ledger) -> None:
    """Won in May, never handed over: not_handed_over −45,000, long past its time."""
    client = open_client(ledger, "Deal Without Project Ltd")
    sell(ledger, client, "Forgotten work", [hours_line("Consultant", 300, 150)], date(2026, 5, 18))


def project_without_deal(ledger: Ledger) -> Case:
    """Planned, worked and billed 18,000 that nobody sold: planned_without_deal +18,000."""
    client = open_client(ledger, "Project Without Deal Co")
    project = start_project(ledger, client, "Favour", date(2026, 2, 16), start=date(2026, 3, 2), end=date(2026, 5, 31))
    approve_budget(
        ledger,
        project,
        date(2026, 2, 18),
        spread_months("Engineer", 120, Decimal(150), date(2026, 3, 2), date(2026, 5, 31)),
    )
    case = Case(client, {}, project)
    live(ledger, case)
    return case


def deal_deleted_after_won(ledger: Ledger) -> Case:
    """Won, planned and billed, then thrown away in the CRM in June: planned_without_deal +36,000, and a breach."""
    case = quiet(ledger, "Deal Deleted After Won Ltd", date(2026, 1, 5), role="Principal", hours=144, rate=250)
    live(ledger, case)
    delete_deal(case.deal, date(2026, 6, 10))
    return case


SCENARIOS: list[Scenario] = [
    worked_example,
    scope_drops_after_close,
    scope_drop_signed,
    deal_split_into_two_projects,
    two_deals_one_project,
    change_order_nobody_signed,
    change_order_not_planned,
    first_plan_is_a_change_order,
    amount_overwritten_after_close,
    mistake_at_closing_corrected,
    reopened_lost_won_again,
    deal_without_project,
    project_without_deal,
    deal_deleted_after_won,
]
