"""What was billed: posted invoices, their lines with project and engagement, credit notes and full credits.

accounting_invoices + lines -> `Billed` rows. A credit line without a project is spread over its invoice's lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .engagements import Engagement, customer_client, engagements, of_member, unlinked
from .items import comes
from .money import UNKNOWN, Worth, rate, worth
from .records import FOREVER, ZERO, Firm, Row, cents, group, spread


@dataclass(frozen=True)
class Billed:
    """One line of a posted invoice (or its share, where a credit is spread), valued."""

    line: Row
    invoice: Row
    share: str  # the invoice line a spread credit's share follows; else empty
    engagement: Engagement
    project: str | None
    net: Decimal
    tax: Decimal
    worth: Worth
    tax_cc: Decimal

    @property
    def order(self) -> tuple[date, str, str]:
        return (self.invoice["invoice_date"], self.line.key, self.share)

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def gross_cc(self) -> Decimal:
        return self.worth.cc + self.tax_cc

    @property
    def is_credit(self) -> bool:
        return str(self.invoice["type"]) == "credit_note"


def is_posted(invoice: Row) -> bool:
    """Open, paid, or void with a day of its own until which it stood."""
    if invoice["deleted_at"] is not None:
        return False
    return invoice["status"] in ("open", "paid") or (invoice["status"] == "void" and invoice["voided_at"] is not None)


def is_intercompany(firm: Firm, invoice: Row) -> bool:
    customer = firm.resolve("accounting_customers", invoice["customer_id"], invoice.system)
    return is_customer_intercompany(customer) or bool(invoice["is_intercompany"])


def is_customer_intercompany(customer: Row | None) -> bool:
    return customer is not None and bool(customer["is_intercompany"])


def lines_of(firm: Firm, invoice: Row) -> list[Row]:
    """The lines of an invoice that are there, by id."""

    def by_invoice() -> dict[Any, list[Row]]:
        def owner(line: Row) -> Any:
            found = firm.resolve("accounting_invoices", line["invoice_id"], line.system)
            return found.key if found else None

        return group(sorted(firm.present("accounting_invoice_lines"), key=lambda r: r.key), owner)

    return firm.once("lines by invoice", by_invoice).get(invoice.key, [])


def net_of(firm: Firm, invoice: Row) -> Decimal:
    return sum((line["net_amount"] for line in lines_of(firm, invoice)), Decimal(0))


def gross_of(firm: Firm, invoice: Row) -> Decimal:
    return sum((line["net_amount"] + (line["tax_amount"] or 0) for line in lines_of(firm, invoice)), Decimal(0))


def duplicates(firm: Firm) -> set[str]:
    """Invoices that a system named earlier holds too, and the credit notes of such invoices."""

    def work_out() -> set[str]:
        order = firm.settings.systems.index
        posted = [i for i in firm.rows["accounting_invoices"] if is_posted(i) and not is_intercompany(firm, i)]

        def sameness(i: Row) -> Any:
            client = customer_client(firm, i["customer_id"], i.system)
            return (i["number"], client, i["currency"], i["type"], gross_of(firm, i))

        found: set[str] = set()
        for same, copies in group(posted, sameness).items():
            first = min(order(i.system) for i in copies)
            if same[0] is not None:
                found |= {i.key for i in copies if order(i.system) > first}
        credited = [(i, credited_invoice(firm, i)) for i in posted if i["type"] == "credit_note"]
        return found | {note.key for note, invoice in credited if invoice is not None and invoice.key in found}

    return firm.once("duplicates", work_out)


def counts(firm: Firm, invoice: Row) -> bool:
    """Whether an invoice is in the metrics and bridges at all, on some day."""

    def work_out() -> bool:
        return is_posted(invoice) and not is_intercompany(firm, invoice) and invoice.key not in duplicates(firm)

    return firm.once(("counts", invoice.key), work_out)


def stands(firm: Firm, invoice: Row, day: date) -> bool:
    """Whether it is among the billed on a day."""

    def work_out() -> tuple[date, date]:
        if not counts(firm, invoice):
            return (FOREVER, FOREVER)
        return (
            invoice["invoice_date"],
            comes(firm.day(invoice["voided_at"])) if invoice["status"] == "void" else FOREVER,
        )

    since, until = firm.once(("stands", invoice.key), work_out)
    return since <= day < until


def credited_invoice(firm: Firm, note: Row) -> Row | None:
    return firm.resolve("accounting_invoices", note["credited_invoice_id"], note.system)


def project_of(firm: Firm, reference: Any, system: str) -> str | None:
    """The PSA project a ledger's project id means: its own ledger's project of that id, else the PSA's."""
    if reference is None:
        return None
    own = str(reference)
    own = own if own.partition(":")[0] == system and ":" in own else f"{system}:{own}"
    ledger_project = firm.by_key["accounting_projects"].get(own)
    if ledger_project is not None:
        reference, system = ledger_project["psa_project_id"], ledger_project.system
    project = firm.resolve("psa_projects", reference, system)
    return project.key if project is not None else None


def engagement_of(firm: Firm, project: str | None, customer: Any, system: str) -> Engagement:
    """The engagement of a project; without one, the customer's unlinked engagement."""
    if project is not None:
        return engagements(firm)[of_member(firm, "project", project) or ""]
    return Engagement(unlinked(firm, customer, system), (), None)


def billed(firm: Firm) -> list[Billed]:
    """Every row of every invoice that counts on some day, in the order in which lines settle."""

    def work_out() -> list[Billed]:
        rows = []
        for invoice in firm.rows["accounting_invoices"]:
            if counts(firm, invoice):
                for line in lines_of(firm, invoice):
                    rows += shares_of(firm, invoice, line)
        return sorted(rows, key=lambda row: row.order)

    return firm.once("billed", work_out)


def billed_in(firm: Firm, engagement: Engagement) -> list[Billed]:
    """The rows of one engagement, in order."""
    rows = firm.once("billed by engagement", lambda: group_billed(firm, lambda row: row.engagement.id))
    return rows.get(engagement.id, [])


def rows_of(firm: Firm, document: Row) -> list[Billed]:
    """The rows of one invoice or credit note, in order."""
    rows = firm.once("billed by invoice", lambda: group_billed(firm, lambda row: row.invoice.key))
    return rows.get(document.key, [])


def group_billed(firm: Firm, by: Any) -> dict[str, list[Billed]]:
    groups: dict[str, list[Billed]] = {}
    for row in billed(firm):
        groups.setdefault(by(row), []).append(row)
    return groups


def shares_of(firm: Firm, invoice: Row, line: Row) -> list[Billed]:
    project = project_of(firm, line["project_id"], line.system)
    net, tax = line["net_amount"], line["tax_amount"] or ZERO
    if invoice["type"] == "credit_note" and project is None:
        credited = credited_invoice(firm, invoice)
        targets = lines_of(firm, credited) if credited is not None and counts(firm, credited) else []
        if targets:
            weights = [(target.key, Fraction(target["net_amount"])) for target in targets]
            nets, taxes = spread(net, weights), spread(tax, weights)
            booked = spread(line["booked_amount"], weights) if line["booked_amount"] is not None else {}
            return [
                one_row(firm, invoice, line, target, nets[target.key], taxes[target.key], booked.get(target.key))
                for target in targets
            ]
    return [one_row(firm, invoice, line, None, net, tax, line["booked_amount"])]


def one_row(
    firm: Firm, invoice: Row, line: Row, target: Row | None, net: Decimal, tax: Decimal, booked: Decimal | None
) -> Billed:
    """A line valued; with a target, the share of a credit line that follows that line of the credited invoice."""
    holder = invoice if target is None else credited_invoice(firm, invoice)
    followed = line if target is None else target
    assert holder is not None
    project = project_of(firm, followed["project_id"], followed.system)
    engagement = engagement_of(firm, project, holder["customer_id"], holder.system)
    day, currency = invoice["invoice_date"], invoice["currency"]
    value = worth(firm, engagement, net, currency, day)
    reference = rate(firm, currency, engagement.reference_day or day)
    if booked is not None and line["booked_currency"] is not None:
        ledger_rate = rate(firm, line["booked_currency"], day)
        if ledger_rate is None:
            value = UNKNOWN
        else:
            rc = cents(Fraction(booked) * ledger_rate)
            value = Worth(rc, rc if reference is None else cents(Fraction(net) * reference))
    tax_rate = reference if reference is not None else rate(firm, currency, day)
    tax_cc = ZERO if value.is_missing or tax_rate is None else cents(Fraction(tax) * tax_rate)
    share = "" if target is None else target.key
    return Billed(line, invoice, share, engagement, project, net, tax, value, tax_cc)


def fully_credited(firm: Firm, day: date) -> dict[str, bool]:
    """Invoices that are un-billed on a day -> whether one of their credit notes gives a reason.

    The credit notes of an invoice (in its currency, standing on the day) reach its net, which is above 0.
    """

    def work_out() -> dict[str, bool]:
        notes: dict[str, list[Row]] = {}
        for note in firm.rows["accounting_invoices"]:
            invoice = credited_invoice(firm, note)
            if (
                note["type"] == "credit_note"
                and invoice is not None
                and invoice["type"] == "invoice"
                and note["currency"] == invoice["currency"]
                and stands(firm, note, day)
                and stands(firm, invoice, day)
            ):
                notes.setdefault(invoice.key, []).append(note)
        found = {}
        for key, its_notes in notes.items():
            net = net_of(firm, firm.by_key["accounting_invoices"][key])
            if net > 0 and -sum((net_of(firm, note) for note in its_notes), Decimal(0)) >= net:
                found[key] = any(note["reason"] is not None for note in its_notes)
        return found

    return firm.once(("fully credited", day), work_out)


def family_of(firm: Firm, row: Billed) -> str | None:
    """The invoice whose full credit a row belongs to: its own, or the one its credit note credits in its currency."""
    if not row.is_credit:
        return row.invoice.key
    credited = credited_invoice(firm, row.invoice)
    return credited.key if credited is not None and credited["currency"] == row.invoice["currency"] else None
