"""Hand-worked firms about bridge 2, planned to billed. Without a plan, T&M time stands under work_not_planned."""

from __future__ import annotations

from decimal import Decimal

from .case import Case, at, on

BILLED = "planned_to_billed"


def project_only(code: str, shows: str, ledger: str = "exports") -> Case:
    """An engagement of one T&M project P1 without a deal."""
    case = Case(code, shows, ledger, engagement=f"project:exports:{code}P1")
    case.project("P1")
    return case


def cases() -> list[Case]:
    found = []

    case = project_only("H20", "a project pauses, resumes, closes early and opens again")
    moves = ("03-05 on_hold", "03-20 open", "04-01 closed", "04-10 open")
    status = "open"
    for move in moves:
        day, new = move.split()
        case.status("P1", day, status, new)
        status = new
    case.milestone("M1", "P1")
    case.milestone("M2", "P1")
    case.version(
        "P1", 1, "02-01", ("L1", "milestone", 1000, "03-10", "M1"), ("L2", "recurring", 500, "03-10"),
        ("L3", "time", 1000, "03-15", "dev", 10), ("L4", "milestone", 700, "05-01", "M2"),
        ("L5", "recurring", 300, "05-01"), ("L6", "time", 600, "05-01", "dev", 5),
    )  # fmt: skip
    later = 700 + 300 + 600
    case.expect("03-01", BILLED, {"not_due_yet": -(1000 + 500 + 1000 + later)})
    case.expect("03-10", BILLED, {"paused": -1500, "not_due_yet": -(1000 + later)})
    case.expect("03-19", BILLED, {"paused": -2500, "not_due_yet": -later})
    due = {"milestone_not_reached": -1000, "recurring_not_billed": -500}
    case.expect("03-20", BILLED, {**due, "hours": -1000, "not_due_yet": -later})
    case.expect("04-01", BILLED, {**due, "hours": -1000 - 600, "project_ended": -700 - 300})
    case.expect("04-10", BILLED, {**due, "hours": -1000, "not_due_yet": -later})
    found.append(case)

    case = project_only("H21", "planned rates by role, non-billable time, time without a rate, ahead of its plan")
    case.row("psa_resources", resource_id="R2", name="Bo", role="dev")
    case.version("P1", 1, "02-01", ("L1", "time", 1000, "02-28", "dev", 10), ("L2", "time", 500, "02-28", None, 10))
    case.time("E1", "P1", "02-10", 4, 110, approved="02-10")
    case.time("E2", "P1", "02-10", 2, 60, approved="02-10", role="qa")
    case.time("E3", "P1", "02-10", 1, 100, approved="02-10", is_billable=False, non_billable_reason="training")
    case.time("E4", "P1", "02-10", 2, None, approved="02-10")
    case.time("E5", "P1", "02-10", 1, 100, role=None, resource_id="R2")
    done = 4 * 100 + 2 * 50 + 1 * 100 + 2 * 100 + 1 * 100  # dev is planned at 100, all other roles at 50
    rest = {
        "rate": 4 * (110 - 100) + 2 * (60 - 50), "non_billable_time": -100, "missing_bill_rate": -200,
        "approved_not_billed": -4 * 110 - 2 * 60, "unapproved": -100,
    }  # fmt: skip
    case.expect("02-10", BILLED, {**rest, "worked_before_due": done, "not_due_yet": -1500})
    case.expect("02-28", BILLED, {**rest, "hours": done - 1500})
    found.append(case)

    case = project_only("H22", "time before its plan; a plan that drops its role")
    case.time("E1", "P1", "02-10", 5, 100, approved="02-12")
    case.version("P1", 1, "03-01", ("L1", "time", 450, "03-31", "dev", 5))
    case.version("P1", 2, "04-01", ("L1", "time", 450, "03-31", "qa", 5))
    case.expect("02-10", BILLED, {"work_not_planned": 500, "unapproved": -500})
    wip = {"approved_not_billed": -500}
    case.expect("02-12", BILLED, {"work_not_planned": 500, **wip})
    case.expect("03-01", BILLED, {"worked_before_due": 5 * 90, "rate": 5 * (100 - 90), "not_due_yet": -450, **wip})
    case.expect("04-01", BILLED, {"work_not_planned": 500, "hours": -450, **wip})
    found.append(case)

    case = project_only("H23", "a fixed-fee project with much time on it: time is cost")
    case.milestone("M1", "P1", reached="02-20")
    case.version("P1", 1, "02-01", ("L1", "milestone", 1000, "02-28", "M1"))
    case.time("E1", "P1", "02-10", 50, 100, approved="02-10")
    case.invoice("I1", "03-01", ("IL1", "time", 400, "P1", "time_entry:E1"))
    case.expect("02-10", BILLED, {"not_due_yet": -1000})
    case.expect("02-20", BILLED, {"milestone_not_billed": -1000})
    case.expect("03-01", BILLED, {"milestone_not_billed": -1000, "billed_without_link": 400})
    found.append(case)

    case = project_only("H24", "written off and invoiced: what comes first ends it, on one day the invoice wins")
    case.version("P1", 1, "02-01", ("L1", "time", 2300, "02-10", "dev", 23))
    case.time("E1", "P1", "02-10", 10, 100, approved="02-12", written_off_at=at("03-01"))
    case.time("E2", "P1", "02-10", 10, 100, approved="02-12", written_off_at=at("02-25"))
    case.time("E3", "P1", "02-10", 3, 100, written_off_at=at("02-20"), write_off_reason="learning")
    case.invoice(
        "I1", "03-01", ("IL1", "time", 1000, "P1", "time_entry:E1"), ("IL2", "time", 1000, "P1", "time_entry:E2")
    )
    case.expect("02-28", BILLED, {"approved_not_billed": -1000, "written_off": -1000 - 300})
    case.expect("03-01", BILLED, {"written_off": -1000 - 300, "billing_adjustment": 1000})
    found.append(case)

    case = project_only("H25", "credited in full in two parts and billed again; then that invoice is voided")
    case.time("E1", "P1", "02-01", 10, 100, approved="02-02")
    case.invoice("I1", "02-10", ("IL1", "time", 1000, "P1", "time_entry:E1"))
    case.credit("CN1", "02-20", "I1", ("IL2", "time", -400, "P1"))
    case.credit("CN2", "03-01", "I1", ("IL3", "time", -600, "P1"))
    case.invoice("I2", "03-10", ("IL4", "time", 1050, "P1", "time_entry:E1"), status="void", voided_at=at("03-20"))
    worked = {"work_not_planned": 1000}
    case.expect("02-10", BILLED, worked)
    case.expect("02-20", BILLED, {**worked, "credit_note": -400})
    case.expect("03-01", BILLED, {**worked, "approved_not_billed": -1000})  # credit_note: 1,000 - 400 - 600
    case.expect("03-10", BILLED, {**worked, "billing_adjustment": 50})
    case.expect("03-20", BILLED, {**worked, "approved_not_billed": -1000})
    found.append(case)

    case = project_only("H26", "a credit note without a project goes to its invoice's lines in proportion")
    case.project("P2")
    case.invoice("I1", "02-10", ("IL1", "adjustment", 600, "P1"), ("IL2", "adjustment", 401, "P2"))
    case.credit("CN1", "03-01", "I1", ("IL3", "other", -500.55, None))
    other = "project:exports:H26P2"
    case.expect("03-01", BILLED, {"billing_adjustment": 401, "credit_note": -200.52}, other)  # 500.55 x 401 / 1,001
    case.expect(
        "03-01", BILLED, {"billing_adjustment": 600, "credit_note": -(500.55 - 200.52)}
    )  # the largest: the rest
    found.append(case)

    case = project_only("H27", "a credit note for more than the invoice")
    case.invoice("I1", "02-10", ("IL1", "adjustment", 600, "P1"))
    case.credit("CN1", "03-01", "I1", ("IL2", "other", -650, "P1"))
    case.expect("02-10", BILLED, {"billing_adjustment": 600})
    case.expect("03-01", BILLED, {"credit_note": 600 - 650})
    found.append(case)

    case = Case("H28", "many lines for one milestone, a line for a sibling's, billing before and beyond it")
    case.deal("D1", 1500, "01-10")
    case.project("P1", "D1")
    case.project("P2", "D1")
    case.milestone("M1", "P1", reached="02-20")
    case.milestone("M2", "P2", reached="03-15")
    case.version("P1", 1, "02-01", ("L1", "milestone", 700, "03-31", "M1"), ("L2", "milestone", 300, "03-31", "M1"))
    case.version("P2", 1, "02-01", ("L1", "milestone", 500, "03-31", "M2"))
    case.invoice(
        "I1", "02-10", ("IL1", "milestone", 400, "P1", "milestone:M1"), ("IL2", "milestone", 500, "P1", "milestone:M2")
    )
    case.invoice("I2", "03-01", ("IL3", "milestone", 700, "P1", "milestone:M1"))
    case.expect("02-10", BILLED, {"not_due_yet": -1500, "billed_before_milestone": 900})
    case.expect("02-20", BILLED, {
        "milestone_not_billed": -(1000 - 400), "not_due_yet": -500, "billed_before_milestone": 500,
    })  # fmt: skip
    beyond = {"billing_adjustment": 400 + 700 - 1000}
    case.expect("03-01", BILLED, {**beyond, "not_due_yet": -500, "billed_before_milestone": 500})
    case.expect("03-15", BILLED, beyond)
    found.append(case)

    case = project_only("H29", "budget-line links; a re-plan drops what was billed; recurring billed in advance")
    case.milestone("M1", "P1")
    case.version("P1", 1, "02-01", ("L1", "milestone", 1000, "04-30", "M1"))
    case.version("P1", 2, "03-01", ("L2", "recurring", 500, "03-31"))
    case.invoice("I1", "02-10", ("IL1", "milestone", 1000, "P1", "budget_line:L1"))
    case.invoice("I2", "03-05", ("IL2", "recurring", 500, "P1", "budget_line:L2"))
    case.expect("02-10", BILLED, {"not_due_yet": -1000, "billed_before_milestone": 1000})
    case.expect("03-01", BILLED, {"not_due_yet": -500, "billed_not_planned": 1000})
    case.expect("03-05", BILLED, {"not_due_yet": -500, "billed_in_advance": 500, "billed_not_planned": 1000})
    case.expect("03-31", BILLED, {"billed_not_planned": 1000})
    found.append(case)

    case = project_only("H30", "an advance drawn down; time invoiced before its work date")
    case.time("E1", "P1", "02-15", 6, 100, approved="02-16")
    case.time("E2", "P1", "03-10", 3, 100, approved="03-11")
    case.invoice("I1", "02-01", ("IL1", "advance", 1000, "P1"))
    case.invoice(
        "I2", "03-01", ("IL2", "time", 600, "P1", "time_entry:E1"), ("IL3", "advance", -600, "P1"),
        ("IL4", "time", 320, "P1", "time_entry:E2"),
    )  # fmt: skip
    case.expect("02-01", BILLED, {"billed_in_advance": 1000})
    case.expect("03-01", BILLED, {
        "work_not_planned": 600, "billed_in_advance": 1000 - 600 + 300, "billing_adjustment": 320 - 300,
    })  # fmt: skip
    case.expect("03-10", BILLED, {
        "work_not_planned": 600 + 300, "billed_in_advance": 400, "billing_adjustment": 20,
    })  # fmt: skip
    found.append(case)

    case = project_only("H31", "a ledger without links: the oldest approved time, the last in part", "books")
    case.time("E1", "P1", "02-02", 3, 100, approved="02-20")
    case.time("E2", "P1", "02-03", 5, 100, approved="02-10")
    case.time("E3", "P1", "02-04", 4, 100, approved="03-05")
    case.invoice("I1", "03-01", ("IL1", "time", 600, "P1"))
    case.invoice("I2", "03-02", ("IL2", "time", 900, "P1"))
    worked = {"work_not_planned": 300 + 500 + 400}
    case.expect("03-01", BILLED, {**worked, "unapproved": -400, "approved_not_billed": -(300 + 500 - 600)})
    case.expect("03-02", BILLED, {**worked, "unapproved": -400, "billed_without_link": 900 - 200})
    case.expect("03-05", BILLED, {**worked, "approved_not_billed": -400, "billed_without_link": 700})
    found.append(case)

    case = project_only("H32", "a ledger without links: reached milestones first, then by planned date", "books")
    case.milestone("M1", "P1", reached="02-20")
    case.milestone("M2", "P1", reached="02-10")
    case.milestone("M3", "P1")
    case.version(
        "P1", 1, "02-01", ("L1", "milestone", 500, "02-01", "M1"), ("L2", "milestone", 400, "02-28", "M2"),
        ("L3", "milestone", 300, "05-01", "M3"),
    )  # fmt: skip
    case.invoice("I1", "03-01", ("IL1", "milestone", 700, "P1"))
    case.invoice("I2", "03-02", ("IL2", "milestone", 300, "P1"))
    case.expect("03-01", BILLED, {"milestone_not_billed": -(900 - 700), "not_due_yet": -300})  # M2 400, M1 300 of 500
    case.expect("03-02", BILLED, {"not_due_yet": -300, "billed_before_milestone": 300 - 200})
    found.append(case)

    case = project_only("H33", "the same invoice in two ledgers counts once, with its payments")
    case.invoice("I1", "03-01", ("IL1", "adjustment", 500, "P1"), number="N1")
    case.row("accounting_customers", "books", customer_id="K8", name="H33 limited", crm_account_id="A1")
    case.ledger = "books"
    case.invoice("I1", "03-02", ("IL1", "adjustment", 500, "P1"), number="N1", customer_id="K8")
    case.paid("PAY1", "03-05", 500, "I1")
    case.expect("03-31", BILLED, {"billing_adjustment": 500})
    case.measure("03-31", "billed_revenue", 500)
    case.measure("03-31", "collected_cash", 0)
    found.append(case)

    case = project_only("H34", "time and materials become fixed fee: later time bills nothing")
    case.row("psa_project_history", project_id="P1", changed_at=at("03-01"), field="contract_type",
             old_value="time_and_materials", new_value="fixed_fee")  # fmt: skip
    case.tables["psa_projects"][0]["contract_type"] = "fixed_fee"
    case.time("E1", "P1", "02-28", 1, 100, approved="02-28")
    case.time("E2", "P1", "03-01", 1, 100, approved="03-01")
    case.expect("03-31", BILLED, {"work_not_planned": 100, "approved_not_billed": -100})
    case.measure("03-31", "billable_hours", 2)
    found.append(case)

    case = project_only("H35", "an invoice in a currency without a rate: what it settles stands there")
    case.time("E1", "P1", "02-01", 5, 100, approved="02-01")
    case.invoice("I1", "02-10", ("IL1", "time", 4000, "P1", "time_entry:E1"), currency="NOK")
    case.expect("02-10", BILLED, {"work_not_planned": 500, "missing_fx_rate": 0 - 500})
    found.append(case)

    case = project_only("H36", "billing in another currency, as the ledger booked it")
    case.invoice("I1", "02-10", ("IL1", "adjustment", 100, "P1"), currency="EUR")
    case.tables["accounting_invoice_lines"][0].update(booked_amount=Decimal(118), booked_currency="USD")
    case.expect("02-10", BILLED, {"billing_adjustment": 100 * 1.1, "fx": 118 - 100 * 1.1})  # created on 01-05: 1.10
    found.append(case)

    case = Case("H37", "the same client under three spellings, invoices without a project",
                engagement="unlinked:crm:exports:H37A1")  # fmt: skip
    case.tables["accounting_customers"][0]["tax_id"] = "H37-9"
    case.row("accounting_customers", customer_id="K2", name="H.37 Ltd", tax_id="h37 9")
    case.row("accounting_customers", customer_id="K3", name="H37 Limited (new)")
    case.row("client_aliases", client_key="accounting:exports:H37K3", same_as="crm:exports:H37A1",
             from_date=on("01-01"), reason="new legal entity", approved_by="cfo")  # fmt: skip
    for n, net in ((1, 100), (2, 200), (3, 300)):
        case.invoice(f"I{n}", "02-10", (f"IL{n}", "time", net, None), customer_id=f"K{n}")
    case.expect("02-10", BILLED, {"billed_without_project": 100 + 200 + 300})
    found.append(case)

    case = project_only("H38", "what an intercompany customer is invoiced is in no bridge and settles nothing")
    case.row("accounting_customers", customer_id="K2", name="Sister", is_intercompany=True)
    case.time("E1", "P1", "02-01", 5, 100, approved="02-01")
    case.invoice("I1", "02-10", ("IL1", "time", 450, "P1", "time_entry:E1"), customer_id="K2")
    case.expect("02-10", BILLED, {"work_not_planned": 500, "approved_not_billed": -500})
    case.measure("02-10", "billed_revenue", 0)
    found.append(case)

    case = project_only("H40", "expenses: ahead of their plan, in another currency, beyond the plan, invoiced")
    case.version("P1", 1, "02-01", ("L1", "expense", 500, "03-31"))
    for name, day, amount, currency, approved in (
        ("X1", "02-10", 100, "EUR", "02-12"),
        ("X2", "04-05", 50, "USD", None),
    ):
        case.row(
            "psa_expenses", expense_id=name, project_id="P1", expense_date=on(day), amount=amount, currency=currency,
            is_billable=True, status="approved" if approved else "submitted", approved_at=approved and at(approved),
        )  # fmt: skip
    case.invoice("I1", "04-10", ("IL1", "expense", 112, "P1", "expense:X1"))
    case.expect("02-10", BILLED, {"worked_before_due": 110, "not_due_yet": -500, "unapproved": -110})  # 100 x 1.10
    case.expect("02-12", BILLED, {"worked_before_due": 110, "not_due_yet": -500, "approved_not_billed": -110})
    case.expect("03-31", BILLED, {"expenses": 110 - 500, "approved_not_billed": -110})
    case.expect("04-05", BILLED, {"expenses": 110 + 50 - 500, "approved_not_billed": -110, "unapproved": -50})
    case.expect("04-10", BILLED, {"expenses": 110 + 50 - 500, "unapproved": -50, "billing_adjustment": 112 - 110})
    found.append(case)

    case = Case("H41", "planned and billed at other rates than the deal was won at: fx")
    case.deal("D1", 1000, "02-10", currency="EUR")  # reference rate 1.20
    case.project("P1", "D1", currency="EUR")
    case.milestone("M1", "P1", reached="03-06")
    case.version("P1", 1, "03-05", ("L1", "milestone", 1000, "04-30", "M1"))  # rc 1,250
    case.invoice("I1", "03-10", ("IL1", "milestone", 1000, "P1", "milestone:M1"), currency="EUR")  # rc 1,250
    case.expect("03-05", BILLED, {"not_due_yet": -1200, "fx": -(1250 - 1200)})
    case.expect("03-06", BILLED, {"milestone_not_billed": -1200, "fx": -50})
    case.expect("03-10", BILLED, {})  # fx: 50 - 50
    found.append(case)

    case = project_only("H39", "one line for many entries; an entry settles once; a link to another engagement is none")
    case.project("P9")
    case.time("E1", "P1", "02-01", 1, 100, approved="02-01")
    case.time("E2", "P1", "02-01", 2, 100, approved="02-01")
    case.time("E9", "P9", "02-01", 4, 100, approved="02-01")
    case.invoice("I1", "02-10", ("IL1", "time", 310, "P1", "time_entry:E1", "time_entry:E2", "time_entry:E9"))
    case.invoice("I2", "02-20", ("IL2", "time", 100, "P1", "time_entry:E1"), ("IL3", "time", 70, "P1", "time_entry:E9"))
    case.expect("02-10", BILLED, {"work_not_planned": 300, "billing_adjustment": 10})
    case.expect("02-20", BILLED, {"work_not_planned": 300, "billing_adjustment": 10 + 100, "billed_without_link": 70})
    case.expect("02-20", BILLED, {"work_not_planned": 400, "approved_not_billed": -400}, "project:exports:H39P9")
    found.append(case)

    return found
