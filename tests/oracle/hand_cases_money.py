"""Hand-worked firms about bridges 3 and 4: billed to recognised, billed to collected."""

from __future__ import annotations

from decimal import Decimal

from .case import Case, at, on
from .hand_cases_billed import project_only

RECOGNIZED, COLLECTED = "billed_to_recognized", "billed_to_collected"


def cases() -> list[Case]:
    found = []

    case = project_only("H50", "deferred, then accrued, per engagement")
    case.invoice("I1", "02-01", ("IL1", "adjustment", 1000, "P1"))
    case.posted("R1", "02-28", 400, project_id="P1")
    case.posted("R2", "03-31", 800, invoice_line_id="IL1")
    case.expect("02-01", RECOGNIZED, {"deferred": -1000})
    case.expect("02-28", RECOGNIZED, {"deferred": -(1000 - 400)})
    case.expect("03-31", RECOGNIZED, {"accrued": 400 + 800 - 1000})
    case.measure("03-31", "backlog_amount", 0 - 1200)
    found.append(case)

    case = project_only("H51", "tax, a part payment, overdue, a dispute, an overpayment, its refund")
    case.invoice("I1", "02-01", ("IL1", "adjustment", 1000, "P1"), due_date=on("03-10"), disputed_at=at("03-15"),
                 dispute_resolved_at=at("03-20"))  # fmt: skip
    case.tables["accounting_invoice_lines"][0]["tax_amount"] = Decimal(200)
    case.paid("PAY1", "02-20", 700, "I1")
    case.paid("PAY2", "03-25", 600, "I1")
    case.paid("PAY3", "03-30", 100, "I1", kind="refund")
    case.expect("02-01", COLLECTED, {"tax_billed": 200, "not_due": -1200})
    case.expect("03-10", COLLECTED, {"tax_billed": 200, "not_due": -(1200 - 700)})
    case.expect("03-11", COLLECTED, {"tax_billed": 200, "overdue": -500})
    case.expect("03-15", COLLECTED, {"tax_billed": 200, "disputed": -500})
    case.expect("03-20", COLLECTED, {"tax_billed": 200, "overdue": -500})
    case.expect("03-25", COLLECTED, {"tax_billed": 200, "overpaid": 700 + 600 - 1200})
    case.expect("03-30", COLLECTED, {"tax_billed": 200})
    case.measure("03-15", "receivables_amount", 500)
    case.measure("03-30", "collected_cash", 700 + 600 - 100)
    found.append(case)

    case = Case("H52", "a part payment in another currency; then the rest: only fx is left")
    case.deal("D1", 1000, "01-10", currency="EUR")  # the reference rate of EUR: 1.10
    case.project("P1", "D1", currency="EUR")
    case.invoice("I1", "02-10", ("IL1", "adjustment", 1000, "P1"), currency="EUR")  # rc 1,200; cc 1,100
    case.paid("PAY1", "03-05", 600, "I1", applied_amount=480)  # rc 600; cc 480 x 1.10
    case.paid("PAY2", "03-06", 520, "I1", currency="EUR")  # rc 520 x 1.25; cc 520 x 1.10
    case.expect("03-05", COLLECTED, {
        "not_due": -(1100 - 480 * 1.1), "fx": (600 - 480 * 1.1) - (1200 - 1100),
    })  # fmt: skip
    case.expect("03-06", COLLECTED, {"fx": 600 + 520 * 1.25 - 1200})
    found.append(case)

    case = project_only("H53", "a credit of no invoice, allocated in part; bad debt; tax withheld at source")
    case.invoice("I1", "02-01", ("IL1", "adjustment", 1000, "P1"), due_date=on("03-31"))
    case.credit("CN1", "02-10", None, ("IL2", "other", -300, "P1"))
    case.row(
        "accounting_credit_allocations", credit_note_id="CN1", invoice_id="I1", amount=200, allocated_on=on("02-20")
    )
    case.paid("PAY1", "03-01", 100, "I1", kind="bad_debt")
    case.paid("PAY2", "03-01", 50, "I1", kind="withholding")
    case.expect("02-10", COLLECTED, {"not_due": -1000, "overpaid": 300})
    case.expect("02-20", COLLECTED, {"not_due": -(1000 - 200), "overpaid": 300 - 200})
    case.expect("03-01", COLLECTED, {"not_due": -(800 - 150), "overpaid": 100, "bad_debt": -100, "withheld": -50})
    found.append(case)

    case = project_only("H54", "money on account, on a void invoice, on one never posted")
    case.invoice("I1", "02-01", ("IL1", "adjustment", 100, "P1"), status="void", voided_at=at("03-01"))
    case.invoice("I2", "02-01", ("IL2", "adjustment", 100, "P1"), status="draft")
    case.paid("PAY1", "02-10", 100, "I1")
    case.paid("PAY2", "02-10", 70, "I2")
    case.paid("PAY3", "02-10", 40, None)
    case.expect("02-10", COLLECTED, {})  # billed 100, collected 100
    case.expect("03-01", COLLECTED, {"overpaid": 100})
    case.expect("03-01", COLLECTED, {"overpaid": 70 + 40}, "unlinked:crm:exports:H54A1")
    found.append(case)

    case = project_only("H55", "money is spread over an invoice's lines by gross, the largest takes the rest")
    case.project("P2")
    case.invoice("I1", "02-01", ("IL1", "adjustment", 200, "P1"), ("IL2", "adjustment", 100, "P2"),
                 due_date=on("06-30"))  # fmt: skip
    case.paid("PAY1", "02-10", 50, "I1")
    case.expect("02-10", COLLECTED, {"not_due": -(100 - 16.67)}, "project:exports:H55P2")  # 50 x 100 / 300
    case.expect("02-10", COLLECTED, {"not_due": -(200 - 33.33)})
    found.append(case)

    case = project_only("H56", "a credit stays in its engagement, under the driver of the invoice it counts towards")
    case.project("P2")
    case.invoice("I1", "02-01", ("IL1", "adjustment", 200, "P1"), due_date=on("02-28"))
    case.credit("CN1", "02-10", "I1", ("IL2", "other", -50, "P2"))
    case.expect("03-01", COLLECTED, {"overdue": -200})
    case.expect("03-01", COLLECTED, {"overdue": 50}, "project:exports:H56P2")
    found.append(case)

    return found
