"""Bridge 3, billed to recognised, as of a day: per engagement, at cc, one net: deferred or accrued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .engagements import Engagement
from .invoices import (
    Billed,
    billed,
    billed_in,
    duplicates,
    engagement_of,
    is_customer_intercompany,
    is_intercompany,
    project_of,
    stands,
)
from .items import Item, total
from .money import UNKNOWN, Worth, rate
from .records import ZERO, Firm, Row, cents

BRIDGE = "billed_to_recognized"


@dataclass(frozen=True)
class Posting:
    row: Row
    engagement: Engagement
    worth: Worth


def ledgers_with(firm: Firm, table: str, document: str, reference: str) -> set[str]:
    """The ledgers that take part in a bridge: those that loaded such rows, or whose documents such rows name."""
    found = set()
    for row in firm.rows[table]:
        found.add(row.system)
        named = firm.resolve(document, row[reference], row.system)
        if named is not None:
            found.add(named.system)
    return found


def posting_ledgers(firm: Firm) -> set[str]:
    def work_out() -> set[str]:
        return ledgers_with(firm, "accounting_revenue_postings", "accounting_invoice_lines", "invoice_line_id")

    return firm.once("posting ledgers", work_out)


def postings(firm: Firm) -> list[Posting]:
    """Every posting that counts, with its engagement and worth."""

    def work_out() -> list[Posting]:
        found = []
        for row in firm.present("accounting_revenue_postings"):
            line = firm.resolve("accounting_invoice_lines", row["invoice_line_id"], row.system)
            line = line if line is not None and line["deleted_at"] is None else None
            invoice = firm.resolve("accounting_invoices", line["invoice_id"], line.system) if line else None
            customer = firm.resolve("accounting_customers", row["customer_id"], row.system)
            if is_customer_intercompany(customer):
                continue
            if invoice is not None and (invoice.key in duplicates(firm) or is_intercompany(firm, invoice)):
                continue
            project = project_of(firm, row["project_id"], row.system)
            if project is None and line is not None:
                project = project_of(firm, line["project_id"], line.system) or spread_project(firm, line)
            whose, system = row["customer_id"], row.system
            if whose is None and invoice is not None:
                whose, system = invoice["customer_id"], invoice.system
            engagement = engagement_of(firm, project, whose, system)
            own = rate(firm, row["currency"], row["posted_on"])
            day = engagement.reference_day or (invoice["invoice_date"] if invoice is not None else row["posted_on"])
            reference = rate(firm, row["currency"], day)
            if own is None:
                value = UNKNOWN
            else:
                rc = cents(Fraction(row["amount"]) * own)
                value = Worth(rc, rc if reference is None else cents(Fraction(row["amount"]) * reference))
            found.append(Posting(row, engagement, value))
        return found

    return firm.once("postings", work_out)


def postings_in(firm: Firm, engagement: Engagement) -> list[Posting]:
    def by_engagement() -> dict[str, list[Posting]]:
        groups: dict[str, list[Posting]] = {}
        for posting in postings(firm):
            groups.setdefault(posting.engagement.id, []).append(posting)
        return groups

    return firm.once("postings by engagement", by_engagement).get(engagement.id, [])


def spread_project(firm: Firm, line: Row) -> str | None:
    """The project of a credit line without one: that of the largest line it is spread over."""
    shares = [row for row in billed(firm) if row.line.key == line.key and row.share]
    largest = min(
        shares, key=lambda r: (-firm.by_key["accounting_invoice_lines"][r.share]["net_amount"], r.share), default=None
    )
    return largest.project if largest is not None else None


def billed_here(firm: Firm, engagement: Engagement, day: date, ledgers: set[str]) -> list[Billed]:
    """The lines of an engagement that stand on a day, of ledgers that take part."""
    return [
        row for row in billed_in(firm, engagement) if row.invoice.system in ledgers and stands(firm, row.invoice, day)
    ]


def billed_to_recognized(firm: Firm, engagement: Engagement, day: date) -> list[Item]:
    """Every item of the bridge on a day."""
    lines = billed_here(firm, engagement, day, posting_ledgers(firm))
    posted = [p for p in postings_in(firm, engagement) if p.row["posted_on"] <= day]
    net = total(row.worth.cc for row in lines) - total(p.worth.cc for p in posted)
    driver = "deferred" if net > 0 else "accrued"
    items = []
    for row in lines:
        record: tuple[str, ...] = ("invoice_line", row.line.key, row.share)
        items.append(Item(BRIDGE, driver, engagement.id, record, -row.worth.cc))
        items.append(Item(BRIDGE, "fx", engagement.id, record, -row.worth.fx))
        if row.worth.is_missing:
            items.append(Item(BRIDGE, "missing_fx_rate", engagement.id, record, ZERO))
    for p in posted:
        record = ("posting", p.row.key)
        items.append(Item(BRIDGE, driver, engagement.id, record, p.worth.cc))
        items.append(Item(BRIDGE, "fx", engagement.id, record, p.worth.fx))
        if p.worth.is_missing:
            items.append(Item(BRIDGE, "missing_fx_rate", engagement.id, record, ZERO))
    return items
