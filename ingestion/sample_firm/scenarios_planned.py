"""Cases of planning: hand-over and its differences, plans changed. Each docstring says what its bridges show on the
last day."""

from datetime import date
from decimal import Decimal

from ingestion.sample_firm.days import at, month_end
from ingestion.sample_firm.ledger import Ledger
from ingestion.sample_firm.planned import (
    approve_budget,
    change_project,
    milestone,
    money_line,
    reach,
    start_project,
    time_line,
)
from ingestion.sample_firm.scenarios import (
    Case,
    Scenario,
    changed,
    invoice_lines,
    invoice_monthly,
    labour,
    live,
    quiet,
    step_line,
    work_as_planned,
)
from ingestion.sample_firm.sold import (
    DealLine,
    hours_line,
    open_client,
    sell,
)


def handed_over_differently(ledger: Ledger) -> Case:
    """Sold 100 h at 200 and 5,000 of expenses; planned 110 h at 190, a designer nobody sold, 4,000 of expenses:
    handover_hours +2,000, handover_rate −1,100, role_not_sold +1,500, handover_pass_through −1,000."""
    client = open_client(ledger, "Handed Over Differently Ltd")
    deal = sell(
        ledger,
        client,
        "Roadmap",
        [hours_line("Senior Consultant", 100, 200), DealLine(Decimal(5000), family="pass_through")],
        date(2026, 5, 18),
    )
    project = start_project(
        ledger, client, "Roadmap", date(2026, 5, 20), deal, start=date(2026, 6, 1), end=date(2026, 8, 31)
    )
    approve_budget(
        ledger,
        project,
        date(2026, 5, 22),
        [
            time_line("Senior Consultant", 110, 190, date(2026, 9, 30)),
            time_line("Designer", 10, 150, date(2026, 9, 30)),
            money_line("expense", 4000, date(2026, 9, 30)),
        ],
    )
    return Case(client, deal, project)


def time_and_materials_become_fixed_fee(ledger: Ledger) -> Case:
    """18,000 worked and billed by the hour; from April two milestones of 18,000 each, the first for what was done:
    work_not_planned +18,000 against milestone_not_billed −18,000 until someone ties them."""
    case = quiet(ledger, "Hourly Becomes Fixed Fee Labs", date(2026, 2, 2), role="Engineer")
    work_as_planned(ledger, case, date(2026, 3, 31))
    invoice_monthly(ledger, case)
    done = milestone(ledger, case.project, "Work to date", date(2026, 4, 1))
    rest = milestone(ledger, case.project, "The rest", date(2026, 6, 15))
    change_project(ledger, case.project, at(date(2026, 4, 1), 10), "contract_type", "fixed_fee")
    approve_budget(
        ledger,
        case.project,
        date(2026, 4, 1),
        [
            money_line("milestone", 18000, date(2026, 4, 1), done),
            money_line("milestone", 18000, date(2026, 6, 15), rest),
        ],
        reason="The client prefers a fixed fee",
        approved_by="Grace Okafor",
    )
    labour(ledger, case.project, "Engineer", 140, date(2026, 4, 6), date(2026, 5, 29))
    reach(done, date(2026, 4, 1))
    reach(rest, date(2026, 6, 12))
    invoice_lines(ledger, case, date(2026, 6, 16), [step_line(case, rest, 18000)])
    return case


def replanned_twice_in_one_day(ledger: Ledger) -> Case:
    """Two versions on 16 March, of 42,000 and of 39,000: only the later counts, replanned +3,000."""
    case = quiet(ledger, "Replanned Twice In One Day Inc", date(2026, 2, 2), role="Senior Consultant")
    first = case.project.lines
    approve_budget(
        ledger,
        case.project,
        date(2026, 3, 16),
        [*changed(first, 100, date(2026, 3, 31)), time_line("Senior Consultant", 40, 150, date(2026, 5, 31))],
        created=at(date(2026, 3, 16), 9),
    )
    approve_budget(
        ledger,
        case.project,
        date(2026, 3, 16),
        [*changed(first, 100, date(2026, 3, 31)), time_line("Senior Consultant", 20, 150, date(2026, 5, 31))],
        created=at(date(2026, 3, 16), 15),
    )
    live(ledger, case)
    return case


def later_version_effective_earlier(ledger: Ledger) -> Case:
    """Version 2 takes effect on 1 June, version 3 already on 1 April: version 2 never counts, replanned −6,000."""
    case = quiet(ledger, "Later Version Effective Earlier Ltd", date(2026, 2, 2), role="Partner", hours=120, rate=300)
    first = changed(case.project.lines, 100, date(2026, 5, 31))
    approve_budget(
        ledger,
        case.project,
        date(2026, 6, 1),
        [*first, time_line("Partner", 40, 300, month_end(date(2026, 6, 1)))],
        created=at(date(2026, 3, 10), 9),
    )
    less = [*first[:-1], time_line("Partner", 10, 300, date(2026, 5, 31))]
    approve_budget(ledger, case.project, date(2026, 4, 1), less, created=at(date(2026, 3, 20), 9))
    live(ledger, case)
    return case


SCENARIOS: list[Scenario] = [
    handed_over_differently,
    time_and_materials_become_fixed_fee,
    replanned_twice_in_one_day,
    later_version_effective_earlier,
]
