"""Hand-worked firms about bridge 1, sold to planned (and the worked example, with both bridges)."""

from __future__ import annotations

from .case import Case, at, on

SOLD, BILLED = "sold_to_planned", "planned_to_billed"


def worked_example(code: str, shows: str) -> Case:
    """Won at 100,000; scope drops to 85,000 by CO-1; 60,000 invoiced, 10,000 of time approved, 15,000 not due."""
    case = Case(code, shows)
    case.project("P1", "D1")
    case.milestone("M1", "P1", reached="02-27")
    case.milestone("M2", "P1")
    m1, m2 = ("L1", "milestone", 60000, "02-28", "M1"), ("L2", "milestone", 15000, "06-30", "M2")
    case.version("P1", 1, "01-15", m1, m2, ("L3", "time", 25000, "03-15", "dev", 250))
    case.version("P1", 2, "02-20", m1, m2, ("L3", "time", 10000, "03-15", "dev", 100), change_order_number="CO-1",
                 approved_by="Ann")  # fmt: skip
    case.time("E1", "P1", "03-10", 100, 100, approved="03-12")
    case.invoice("I1", "03-01", ("IL1", "milestone", 60000, "P1", "milestone:M1"))
    case.expect("03-31", BILLED, {"approved_not_billed": -10000, "not_due_yet": -15000})  # 85,000 -> 60,000
    return case


def cases() -> list[Case]:
    found = []

    case = worked_example("H01", "scope drops after close, nobody touches the CRM")
    case.deal("D1", 100000, "01-10")
    case.expect("01-14", SOLD, {"not_handed_over": -100000})
    case.expect("03-31", SOLD, {"scope_reduced": 85000 - 100000})
    found.append(case)

    case = worked_example("H02", "scope drops, the client signs a negative change order")
    case.deal("D1", 100000, "01-10")
    case.deal("D2", -15000, "03-10", change_order_number="CO-1", parent_deal_id="D1")
    case.expect("03-09", SOLD, {"scope_reduced": -15000})
    case.expect("03-10", SOLD, {})  # change_order: +85,000 - 100,000 - -15,000 = 0
    case.measure("03-31", "sold_revenue", 85000)
    found.append(case)

    case = worked_example("H03", "the CRM amount is overwritten after close: sold does not move")
    case.deal("D1", 85000, "01-10")
    case.changed("D1", "02-20", "amount", 100000, 85000)
    case.expect("03-31", SOLD, {"scope_reduced": -15000})
    case.measure("03-31", "sold_revenue", 100000)
    found.append(case)

    case = Case("H04", "two deals feed one project, one of them is split over two projects")
    case.deal("D1", 10000, "01-10")
    case.deal("D2", 5000, "01-20")
    case.project("P1", "D1")
    case.project("P2", "D1")
    case.row("psa_project_deals", project_id="P1", deal_id="D2")
    case.version("P1", 1, "02-01", ("L1", "milestone", 12000, "06-30"))
    case.version("P2", 1, "02-10", ("L1", "milestone", 2500, "06-30"))
    case.expect("01-15", SOLD, {"not_handed_over": -10000})
    case.expect("01-31", SOLD, {"not_handed_over": -15000})
    case.expect("02-01", SOLD, {"handover_price": 12000 - 15000})
    case.expect("02-10", SOLD, {"handover_price": 12000 + 2500 - 15000})
    found.append(case)

    case = Case("H05", "hours, rates, a role not sold, a role without hours, and pass-through")
    case.deal("D1", 11500, "01-10")
    case.deal_line("DL1", "D1", 10000, "dev", 100)  # sold rate 100
    case.deal_line("DL2", "D1", 1000, "qa", 20)
    case.deal_line("DL3", "D1", 500, family="pass_through")
    case.project("P1", "D1")
    case.version(
        "P1", 1, "02-01", ("L1", "time", 11400, "06-30", "dev", 120), ("L2", "time", 900, "06-30", "lead", 10),
        ("L3", "time", 1100, "06-30", "qa"), ("L4", "expense", 450, "06-30"),
    )  # fmt: skip
    case.expect("02-01", SOLD, {
        "handover_hours": 120 * 100 - 10000, "handover_rate": 11400 - 120 * 100, "role_not_sold": 900,
        "handover_price": 1100 - 1000, "handover_pass_through": 450 - 500,
    })  # fmt: skip
    found.append(case)

    case = Case("H06", "deal lines that do not add up to the value are not used; tax is not sold")
    case.deal("D1", 11200, "01-10", tax_amount=200)
    case.deal_line("DL1", "D1", 10500, "dev", 100)
    case.project("P1", "D1")
    case.version("P1", 1, "02-01", ("L1", "time", 12000, "06-30", "dev", 100))
    case.expect("02-01", SOLD, {"handover_price": 12000 - (11200 - 200)})
    found.append(case)

    case = Case("H07", "a deal lost, reopened and won again at another price")
    case.deal("D1", 12000, "03-10")
    case.changed("D1", "01-10", "is_won", False, True)
    case.changed("D1", "02-10", "is_won", True, False)
    case.changed("D1", "03-09", "amount", 10000, 12000)
    case.changed("D1", "03-10", "is_won", False, True)
    case.project("P1", "D1")
    case.version("P1", 1, "04-01", ("L1", "time", 10500, "06-30"))
    case.expect("02-09", SOLD, {"not_handed_over": -10000})
    case.expect("02-10", SOLD, {})
    case.expect("03-10", SOLD, {"not_handed_over": -12000})
    case.expect("04-01", SOLD, {"handover_price": 10500 - 12000})
    found.append(case)

    case = Case("H08", "a win undone the same business day never was", engagement="project:exports:H08P1")
    case.deal("D1", 5000, "01-10", is_won=False)
    case.changed("D1", "01-10 23:30", "is_won", False, True)  # already the 11th in UTC
    case.changed("D1", "01-10 23:50", "is_won", True, False)
    case.project("P1", "D1")
    case.version("P1", 1, "02-01", ("L1", "time", 3000, "06-30"))
    case.expect("02-01", SOLD, {"planned_without_deal": 3000})
    found.append(case)

    case = Case("H09", "a mistake at closing mended by an approved correction, from its date")
    case.deal("D1", 10000, "01-10")
    for day, amount, approved_by in (("01-20", 500, "cfo"), ("01-25", 99, None)):
        case.row("sold_corrections", deal="H09D1", date=on(day), amount=amount, reason="typo", approved_by=approved_by)
    case.expect("01-19", SOLD, {"not_handed_over": -10000})
    case.expect("01-31", SOLD, {"not_handed_over": -10000 - 500})
    found.append(case)

    case = Case("H10", "a first plan that is a change order, one nobody signed, one sold but planned later")
    case.deal("D1", 10000, "01-10")
    case.deal("D2", 2000, "03-10", change_order_number="CO-2", parent_deal_id="D1")
    case.project("P1", "D1")
    case.version("P1", 1, "02-01", ("L1", "time", 4000, "06-30"), change_order_number="CO-1")
    case.version("P1", 2, "03-01", ("L1", "time", 9000, "06-30"))
    case.version("P1", 3, "04-01", ("L1", "time", 11500, "06-30"), change_order_number="CO-2")
    case.expect("02-01", SOLD, {"not_handed_over": -10000, "change_order_not_sold": 4000})
    handed_over = {"change_order_not_sold": 4000, "handover_price": (9000 - 4000) - 10000}
    case.expect("03-01", SOLD, handed_over)
    case.expect("03-10", SOLD, {**handed_over, "change_order_not_planned": -2000})
    case.expect("04-01", SOLD, {**handed_over, "change_order": (11500 - 9000) - 2000})
    found.append(case)

    case = Case("H11", "re-planned twice in one day; a later version effective before an earlier one")
    case.deal("D1", 10000, "01-10")
    case.project("P1", "D1")
    for version, day, amount in ((1, "02-01", 10000), (2, "04-01", 9000), (3, "03-01", 9500), (4, "03-01", 9800)):
        case.version("P1", version, day, ("L1", "time", amount, "06-30"))
    case.expect("02-28", SOLD, {})
    case.expect("03-01", SOLD, {"replanned": 9800 - 10000})
    case.expect("04-01", SOLD, {"replanned": 9800 - 10000})  # versions 2 and 3 never come into effect
    found.append(case)

    case = Case("H12", "a draft's plan counts from the day it leaves draft")
    case.deal("D1", 5000, "01-10")
    case.project("P1", "D1")
    case.status("P1", "03-01", "draft", "open")
    case.version("P1", 1, "02-01", ("L1", "time", 5000, "06-30"))
    case.version("P1", 2, "02-15", ("L1", "time", 6000, "06-30"), change_order_number="CO-7")
    case.expect("02-20", SOLD, {"not_handed_over": -5000})
    case.expect("03-01", SOLD, {"not_handed_over": -5000, "change_order_not_sold": 6000})
    found.append(case)

    case = Case("H13", "planned at another day's rate than sold: fx")
    case.deal("D1", 1000, "02-10", currency="EUR")
    case.project("P1", "D1", currency="EUR")
    case.version("P1", 1, "03-05", ("L1", "time", 1000, "06-30"))
    case.expect("02-10", SOLD, {"not_handed_over": -1000 * 1.2})
    case.expect("03-05", SOLD, {"fx": 1000 * 1.25 - 1000 * 1.2})  # 1,200 -> 1,250; at the reference rate 0
    found.append(case)

    case = Case("H14", "sold before the currency's first rate")
    case.deal("D1", 1000, "02-10", currency="NOK")
    case.project("P1", "D1", currency="NOK")
    case.version("P1", 1, "03-05", ("L1", "time", 1000, "06-30"))
    case.expect("02-10", SOLD, {"missing_fx_rate": 0})
    case.expect("03-05", SOLD, {"missing_fx_rate": 0, "handover_price": 1000 * 0.1})
    found.append(case)

    case = Case("H15", "won before its history starts: at the close date of then")
    case.deal("D1", 700, "05-05", is_won=False)
    case.changed("D1", "03-01", "is_won", True, False)
    case.changed("D1", "03-01", "close_date", "2026-01-20", "2026-05-05")
    case.expect("01-19", SOLD, {})
    case.expect("01-20", SOLD, {"not_handed_over": -700})
    case.expect("03-01", SOLD, {})
    found.append(case)

    case = Case("H17", "a change order sold, planned, then lost again")
    case.deal("D1", 10000, "01-10")
    case.deal("D2", 1000, "02-15", change_order_number="CO-1", parent_deal_id="D1", is_won=False)
    case.changed("D2", "02-15", "is_won", False, True)
    case.changed("D2", "04-01", "is_won", True, False)
    case.project("P1", "D1")
    case.version("P1", 1, "02-01", ("L1", "time", 10000, "06-30"))
    case.version("P1", 2, "03-01", ("L1", "time", 11000, "06-30"), change_order_number="CO-1")
    case.expect("02-15", SOLD, {"change_order_not_planned": -1000})
    case.expect("03-01", SOLD, {})  # change_order: 11,000 - 10,000 - 1,000
    case.expect("04-01", SOLD, {"change_order_not_sold": 11000 - 10000})
    found.append(case)

    case = Case("H16", "an internal project has no deal", engagement="project:exports:H16P1")
    case.deal("D1", 900, None)
    case.project("P1", "D1", is_internal=True, created_at=at("01-03"))
    case.version("P1", 1, "02-01", ("L1", "time", 800, "06-30"))
    case.expect("02-01", SOLD, {"planned_without_deal": 800})
    found.append(case)

    return found
