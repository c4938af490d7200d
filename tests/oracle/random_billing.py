"""The accounting side of a made-up firm: invoices of its work, credits, payments and postings."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .random_firm import Maker

Row = dict[str, Any]
KINDS = ("time",) * 6 + ("milestone",) * 6 + ("recurring", "recurring", "expense", "advance", "adjustment", "other")


class Billing:
    """Bills one engagement after the other into the firm's ledger."""

    def __init__(self, make: Maker) -> None:
        self.make, self.ledger = make, make.ledger
        self.invoices: list[tuple[Row, list[Row]]] = []
        self.seen: list[Row] = []  # projects of earlier engagements
        self.customers = []
        for n, account in ((1, f"{make.prefix}A1"), (2, None)):
            customer = make.row(
                "accounting_customers", self.ledger, customer_id=f"{make.prefix}K{n}", name=f"Acme ({n})",
                crm_account_id=account and make.ref(account), payment_terms_days=make.pick((None, 14)),
                tax_id=f"{make.prefix} tax" if n == 2 and make.maybe(0.3) else None,
            )  # fmt: skip
            self.customers.append(customer["customer_id"])
        if make.maybe(0.3):
            make.row(
                "client_aliases", client_key=f"accounting:{self.ledger}:{make.prefix}K2",
                same_as=f"crm:exports:{make.prefix}A1", from_date=date(2026, 1, 1), reason="spelling",
                approved_by="cfo",
            )  # fmt: skip

    def bill_engagement(self, projects: list[Row], currency: str) -> None:
        make = self.make
        before = len(self.invoices)
        for project in projects:
            project["_ledger_id"] = project["project_id"]
            if make.maybe(0.4):
                project["_ledger_id"] = make.id("AP")
                make.row(
                    "accounting_projects", self.ledger, accounting_project_id=project["_ledger_id"],
                    customer_id=self.customers[0], name="sub", psa_project_id=make.ref(project["project_id"]),
                )  # fmt: skip
        for _ in range(make.pick((0, 1, 2, 3, 4, 5))):
            self.invoice(projects, currency if make.maybe(0.8) else make.pick(("USD", "EUR", "NOK")))
        for invoice, lines in self.invoices[before:]:
            if invoice["type"] == "invoice":
                if make.maybe(0.35):
                    self.credit(invoice, lines, projects)
                self.pay(invoice, lines)
                for line in lines:
                    if make.maybe(0.5):
                        self.post(line, projects)
        self.post(None, projects)
        self.seen += projects

    def invoice(self, projects: list[Row], currency: str) -> None:
        make = self.make
        status = make.pick(("open", "open", "open", "paid", "void", "draft"))
        day = make.day(make.days[len(make.days) // 2] if make.maybe(0.6) else None)
        invoice = make.row(
            "accounting_invoices", self.ledger, invoice_id=make.id("I"),
            customer_id=make.pick((*self.customers * 5, f"{make.prefix}K7")),  # K7: nobody knows it
            number=make.id("N"), type="invoice", status=status, invoice_date=day, currency=currency,
            due_date=make.day(day) if make.maybe(0.5) else None, reason=make.pick((None, None, "agreed")),
        )  # fmt: skip
        if status == "void" and make.maybe(0.7):
            invoice["voided_at"] = make.moment(make.day(day))
        if make.maybe(0.25):
            invoice["disputed_at"] = make.moment(make.day(day))
            invoice["dispute_resolved_at"] = make.moment(make.day(day)) if make.maybe(0.5) else None
        lines = [self.line(invoice, make.pick(projects), projects) for _ in range(make.pick((1, 1, 2, 3, 4)))]
        self.invoices.append((invoice, lines))

    def line(self, invoice: Row, project: Row, projects: list[Row]) -> Row:
        """A line of some kind, with an amount near what it bills, its links, its project (or none)."""
        make = self.make
        kind = make.pick(KINDS)
        sources = make.pick([projects, projects, *[[project]] * 6, self.seen[-1:] or projects])
        amount, links = Decimal(0), []
        planned = [line for p in sources for line in p["_lines"] if line["kind"] == kind]
        if kind in ("milestone", "recurring") and not planned:
            kind = "time"
        if kind == "time":
            for entry in make.random.sample(self.entries(sources, "_time"), k=make.pick((1, 1, 2, 3))):
                amount += (entry["hours"] * (entry["bill_rate"] or 90)).quantize(Decimal("0.01"))
                links.append(("time_entry", entry["time_entry_id"]))
        elif kind == "expense":
            for expense in self.entries(sources, "_expenses")[:1]:
                amount += expense["amount"]
                links.append(("expense", expense["expense_id"]))
        elif kind in ("milestone", "recurring"):
            for line in {
                line["budget_line_id"]: line for line in make.random.sample(planned, min(len(planned), 3))
            }.values():
                if make.maybe(0.6):
                    amount += line["amount"] if make.maybe(0.6) else line["amount"] // 2
                    milestone = str(line.get("milestone_id") or "").removeprefix("exports:")
                    by_milestone = bool(milestone) and make.maybe(0.7)
                    links.append(("milestone", milestone) if by_milestone else ("budget_line", line["budget_line_id"]))
        if amount == 0 or make.maybe(0.2):
            amount += make.money(30, 900)
        if make.maybe(0.05) or (kind == "advance" and make.maybe(0.3)):
            amount = -amount
        names = make.pick((project["project_id"], project["_ledger_id"], project["_ledger_id"]))
        line = make.row(
            "accounting_invoice_lines", self.ledger, invoice_line_id=make.id("IL"), invoice_id=invoice["invoice_id"],
            kind=kind, net_amount=amount, tax_amount=make.pick((None, None, (amount / 5).quantize(Decimal("0.01")))),
            project_id=make.pick((*[names] * 14, None, f"{make.prefix}nobody")),
        )  # fmt: skip
        if make.maybe(0.1):
            line["booked_amount"], line["booked_currency"] = (
                (amount * 2).quantize(Decimal("0.01")),
                make.pick(("USD", "USD", "NOK")),
            )
        if self.ledger == "exports":
            if make.maybe(0.05):
                links.append(("time_entry", f"{make.prefix}gone"))
            for source, source_id in sorted(set(links)):
                if make.maybe(0.93):
                    make.row(
                        "accounting_line_links", self.ledger, invoice_line_id=make.ref(line["invoice_line_id"]),
                        source=source, source_id=make.ref(source_id),
                    )  # fmt: skip
        return line

    def entries(self, projects: list[Row], which: str) -> list[Row]:
        found = [row for project in projects for row in project[which]]
        return found * 3 if which == "_time" else found

    def credit(self, invoice: Row, lines: list[Row], projects: list[Row]) -> None:
        """Credit notes: a part, the whole, the whole in two, more than it; then perhaps billed again."""
        make = self.make
        parts = make.pick(([Decimal("0.3")], [Decimal(1)], [Decimal(1)], [Decimal("0.5")] * 2, [Decimal("1.2")]))
        whole = sum((line["net_amount"] for line in lines), Decimal(0))
        is_by_line = make.maybe(0.5)
        for part in parts:
            day = make.day(invoice["invoice_date"])
            note = make.row(
                "accounting_invoices", self.ledger, invoice_id=make.id("CN"), customer_id=invoice["customer_id"],
                number=make.id("N"), type="credit_note", status=make.pick(("open", "open", "open", "void")),
                invoice_date=day, currency=invoice["currency"] if make.maybe(0.93) else "USD",
                credited_invoice_id=make.ref(invoice["invoice_id"], self.ledger) if make.maybe(0.9) else None,
                reason=make.pick((None, "wrong price")),
            )  # fmt: skip
            if note["status"] == "void" and make.maybe(0.8):
                note["voided_at"] = make.moment(make.day(day))
            amounts = [(line["net_amount"], line) for line in lines] if is_by_line else [(whole, lines[0])]
            credit_lines = []
            for amount, line in amounts:
                tax = (line["tax_amount"] or Decimal(0)) * part
                credit_lines.append(make.row(
                    "accounting_invoice_lines", self.ledger, invoice_line_id=make.id("IL"),
                    invoice_id=note["invoice_id"], kind="other", net_amount=-(amount * part).quantize(Decimal("0.01")),
                    tax_amount=-tax.quantize(Decimal("0.01")),
                    project_id=line["project_id"] if is_by_line or make.maybe(0.2) else None,
                ))  # fmt: skip
            self.invoices.append((note, credit_lines))
            if make.maybe(0.3):
                other = make.pick(self.invoices)[0]
                make.row(
                    "accounting_credit_allocations", self.ledger, credit_note_id=note["invoice_id"],
                    invoice_id=other["invoice_id"], amount=make.money(10, 400), allocated_on=make.day(day),
                )  # fmt: skip
            if make.maybe(0.15):
                self.payment(note, make.money(10, 300), "refund")
        if make.maybe(0.6):
            self.rebill(invoice, lines)

    def rebill(self, invoice: Row, lines: list[Row]) -> None:
        """The same work on a new invoice."""
        make = self.make
        again = make.row(
            "accounting_invoices", self.ledger, **{
                **{k: v for k, v in invoice.items() if k != "source_system"}, "invoice_id": make.id("I"),
                "number": make.id("N"), "status": "open", "invoice_date": make.day(invoice["invoice_date"]),
                "voided_at": None,
            },
        )  # fmt: skip
        for line in lines:
            copy = {k: v for k, v in line.items() if k != "source_system"} | {
                "invoice_line_id": make.id("IL"),
                "invoice_id": again["invoice_id"],
            }
            make.row("accounting_invoice_lines", self.ledger, **copy)
            for link in list(make.tables["accounting_line_links"]):
                if link["invoice_line_id"].endswith(line["invoice_line_id"]) and self.ledger == "exports":
                    make.row("accounting_line_links", self.ledger, **{
                        **{k: v for k, v in link.items() if k != "source_system"},
                        "invoice_line_id": copy["invoice_line_id"],
                    })  # fmt: skip

    def pay(self, invoice: Row, lines: list[Row]) -> None:
        make = self.make
        gross = sum((line["net_amount"] + (line["tax_amount"] or 0) for line in lines), Decimal(0))
        story = make.pick(("none", "full", "full", "part", "parts", "over", "bad_debt", "withheld", "refund"))
        if story == "none" or gross <= 0:
            return
        first = {"part": Decimal("0.4"), "parts": Decimal("0.4"), "over": Decimal("1.1")}.get(story, Decimal(1))
        if story in ("bad_debt", "withheld"):
            self.payment(invoice, gross / 5, "bad_debt" if story == "bad_debt" else "withholding")
            first = Decimal("0.8")
        self.payment(invoice, gross * first, "payment")
        if story == "parts":
            self.payment(invoice, gross - (gross * first).quantize(Decimal("0.01")), "payment")
        if story == "refund":
            self.payment(invoice, gross / 3, "refund")

    def payment(self, invoice: Row | None, amount: Decimal, kind: str) -> None:
        make = self.make
        currency = invoice["currency"] if invoice is not None else make.pick(("USD", "EUR"))
        row = make.row(
            "accounting_payments", self.ledger, payment_id=make.id("PAY"), amount=amount.quantize(Decimal("0.01")),
            kind=kind if kind != "payment" or make.maybe(0.5) else None, currency=currency,
            invoice_id=make.ref(invoice["invoice_id"], self.ledger) if invoice is not None else None,
            paid_on=make.day(invoice["invoice_date"] if invoice is not None and make.maybe(0.8) else None),
            customer_id=self.customers[0] if invoice is None else None,
        )  # fmt: skip
        if invoice is not None and make.maybe(0.2):
            row["currency"] = make.pick(("USD", "GBP", "NOK"))
            if make.maybe(0.5):
                row["applied_amount"] = row["amount"]
                row["amount"] = (row["amount"] * Decimal("1.13")).quantize(Decimal("0.01"))

    def post(self, line: Row | None, projects: list[Row]) -> None:
        make = self.make
        project = make.pick(projects)
        amount = line["net_amount"] if line is not None and make.maybe(0.6) else make.money(20, 800)
        make.row(
            "accounting_revenue_postings", self.ledger, posting_id=make.id("RP"), posted_on=make.day(), amount=amount,
            currency=project["currency"], source=make.pick(("invoice", "schedule", "manual")),
            project_id=make.pick((project["project_id"], project["_ledger_id"], None)),
            customer_id=make.pick((None, *self.customers)),
            invoice_line_id=line["invoice_line_id"] if line is not None else None,
        )  # fmt: skip

    def firm_wide(self) -> None:
        """Money on account, an intercompany customer, and an invoice that both ledgers hold."""
        make = self.make
        self.payment(None, make.money(20, 500), make.pick(("payment", "payment", "refund")))
        make.row(
            "accounting_customers", self.ledger, customer_id=f"{make.prefix}KI", name="Sister",
            is_intercompany=True,
        )  # fmt: skip
        if self.invoices and make.maybe(0.5):
            invoice, lines = make.pick(self.invoices)
            inside = make.row(
                "accounting_invoices", self.ledger, invoice_id=make.id("I"), customer_id=f"{make.prefix}KI",
                number=make.id("N"), type="invoice", status="open", invoice_date=make.day(), currency="USD",
            )  # fmt: skip
            make.row(
                "accounting_invoice_lines", self.ledger, invoice_line_id=make.id("IL"),
                invoice_id=inside["invoice_id"], kind="time", net_amount=make.money(50, 400),
                project_id=lines[0]["project_id"] if lines else None,
            )  # fmt: skip
            self.payment(inside, make.money(20, 90), "payment")
            self.payment(None, make.money(20, 90), "payment")
            make.tables["accounting_payments"][-1]["customer_id"] = f"{make.prefix}KI"
            if make.maybe(0.7):
                self.duplicate(invoice, lines)

    def duplicate(self, invoice: Row, lines: list[Row]) -> None:
        """The same invoice in the other ledger, with money and a posting there."""
        make, other = self.make, "exports" if self.ledger == "books" else "books"
        make.row(
            "accounting_customers", other, customer_id=f"{make.prefix}K9", name="ACME",
            crm_account_id=f"{make.prefix}A1",
        )  # fmt: skip
        invoice["customer_id"] = self.customers[0]
        copy = {k: v for k, v in invoice.items() if k != "source_system"} | {
            "invoice_id": make.id("X"),
            "customer_id": f"{make.prefix}K9",
            "credited_invoice_id": None,
        }
        twin = make.row("accounting_invoices", other, **copy)
        for line in lines:
            twin_line = {k: v for k, v in line.items() if k != "source_system"} | {
                "invoice_line_id": make.id("XL"),
                "invoice_id": twin["invoice_id"],
            }
            make.row("accounting_invoice_lines", other, **twin_line)
        day = invoice["invoice_date"] + timedelta(days=3)
        for kind in ("payment", "refund"):
            make.row(
                "accounting_payments", other, payment_id=make.id("PAY"), kind=kind, invoice_id=twin["invoice_id"],
                paid_on=day, amount=make.money(10, 90), currency="USD",
            )  # fmt: skip
        make.row(
            "accounting_revenue_postings", other, posting_id=make.id("RP"), posted_on=day, amount=make.money(9, 99),
            currency="USD", source="manual",
            invoice_line_id=make.tables["accounting_invoice_lines"][-1]["invoice_line_id"],
        )  # fmt: skip
