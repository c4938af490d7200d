"""Bridge 4, billed to collected, as of a day: what is open of every invoice, under one driver per invoice.

`Billed` rows + payments + credit allocations -> items; money is valued whole, then spread over lines by gross.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .engagements import Engagement
from .invoices import (
    Billed,
    billed_in,
    counts,
    credited_invoice,
    duplicates,
    engagement_of,
    gross_of,
    is_customer_intercompany,
    is_intercompany,
    rows_of,
    stands,
)
from .items import Item
from .money import rate
from .recognized import ledgers_with
from .records import ZERO, Firm, Row, after, cents, group, spread

BRIDGE = "billed_to_collected"
OVERPAID = ""  # what counts towards no invoice


@dataclass(frozen=True)
class Money:
    """A payment's share on one line (or the whole of it, on account)."""

    payment: Row
    document: Row | None  # the posted invoice or credit note that it is on
    engagement: Engagement
    line: str
    rc: Decimal  # 0 where it has no rate
    pays: Decimal  # what it takes off the open amount, cc
    is_missing: bool

    @property
    def kind(self) -> str:
        return str(self.payment["kind"] or "payment")

    @property
    def sign(self) -> int:
        return -1 if self.kind == "refund" else 1

    @property
    def collected(self) -> Decimal:
        return self.sign * self.rc if self.kind in ("payment", "refund") else ZERO


def payment_ledgers(firm: Firm) -> set[str]:
    def work_out() -> set[str]:
        return ledgers_with(firm, "accounting_payments", "accounting_invoices", "invoice_id")

    return firm.once("payment ledgers", work_out)


def converted(firm: Firm, amount: Decimal, currency: str, into: str, day: date) -> Decimal | None:
    """An amount in another currency at a day's rates; None where a rate lacks."""
    if currency == into:
        return amount
    one, other = rate(firm, currency, day), rate(firm, into, day)
    return None if one is None or other is None else cents(Fraction(amount) * one / other)


def applied(firm: Firm, payment: Row, document: Row) -> Decimal | None:
    """What a payment takes off its invoice, in the invoice's currency."""
    stated: Decimal | None = payment["applied_amount"]
    if stated is not None:
        return stated
    return converted(firm, payment["amount"], payment["currency"], document["currency"], payment["paid_on"])


def all_money(firm: Firm) -> list[Money]:
    """Every payment that counts, spread over the lines of its invoice."""

    def work_out() -> list[Money]:
        found: list[Money] = []
        for payment in firm.present("accounting_payments"):
            document = firm.resolve("accounting_invoices", payment["invoice_id"], payment.system)
            customer = firm.resolve("accounting_customers", payment["customer_id"], payment.system)
            if is_customer_intercompany(customer):
                continue
            if document is not None and (document.key in duplicates(firm) or is_intercompany(firm, document)):
                continue
            rows = rows_of(firm, document) if document is not None and counts(firm, document) else []
            found += on_lines(firm, payment, rows) if rows else [on_account(firm, payment, document)]
        return found

    return firm.once("money", work_out)


def money_in(firm: Firm, engagement: Engagement) -> list[Money]:
    def by_engagement() -> dict[str, list[Money]]:
        groups: dict[str, list[Money]] = {}
        for money in all_money(firm):
            groups.setdefault(money.engagement.id, []).append(money)
        return groups

    return firm.once("money by engagement", by_engagement).get(engagement.id, [])


def on_account(firm: Firm, payment: Row, document: Row | None) -> Money:
    whose, system = payment["customer_id"], payment.system
    if whose is None and document is not None:
        whose, system = document["customer_id"], document.system
    own = rate(firm, payment["currency"], payment["paid_on"])
    rc = ZERO if own is None else cents(Fraction(payment["amount"]) * own)
    return Money(payment, None, engagement_of(firm, None, whose, system), "", rc, rc, own is None)


def on_lines(firm: Firm, payment: Row, rows: list[Billed]) -> list[Money]:
    document, currency = rows[0].invoice, rows[0].invoice["currency"]
    sign = -1 if document["type"] == "credit_note" else 1
    weights = [(row.line.key + "|" + row.share, Fraction(sign * row.gross)) for row in rows]
    own = rate(firm, payment["currency"], payment["paid_on"])
    rc = ZERO if own is None else cents(Fraction(payment["amount"]) * own)
    native = applied(firm, payment, document)
    found = []
    for row in rows:
        reference = rate(firm, currency, row.engagement.reference_day or document["invoice_date"])
        if reference is None and own is None:
            reference = rate(firm, currency, document["invoice_date"])
        is_known = native is not None and reference is not None
        pays = cents(Fraction(native) * reference) if is_known else rc
        line = row.line.key + "|" + row.share
        share_rc, share_pays = spread(rc, weights)[line], spread(pays, weights)[line]
        found.append(Money(payment, document, row.engagement, line, share_rc, share_pays, own is None))
    return found


@dataclass(frozen=True)
class CreditPart:
    """A part of a credit note: its amount in its own currency, and the invoice it counts towards on a day."""

    note: Row
    towards: str
    native: Decimal  # positive: what it takes off
    record: tuple[str, ...]
    is_rest: bool


def standing_invoice(firm: Firm, reference: Row | None, day: date) -> str:
    if reference is not None and reference["type"] == "invoice" and stands(firm, reference, day):
        return reference.key
    return OVERPAID


def allocations_of(firm: Firm, note: Row) -> list[Row]:
    def by_note() -> dict[Any, list[Row]]:
        def owner(row: Row) -> Any:
            found = firm.resolve("accounting_invoices", row["credit_note_id"], row.system)
            return found.key if found else None

        return group(firm.present("accounting_credit_allocations"), owner)

    return firm.once("allocations", by_note).get(note.key, [])


def credit_parts(firm: Firm, note: Row, day: date) -> list[CreditPart]:
    """What is allocated by the day, then the rest."""
    parts = []
    for allocation in allocations_of(firm, note):
        if allocation["allocated_on"] <= day:
            target = firm.resolve("accounting_invoices", allocation["invoice_id"], allocation.system)
            record = (note.key, str(allocation["invoice_id"]), str(allocation["allocated_on"]))
            towards = standing_invoice(firm, target, day)
            parts.append(CreditPart(note, towards, allocation["amount"], record, False))
    rest = -gross_of(firm, note) - sum((part.native for part in parts), Decimal(0))
    towards = standing_invoice(firm, credited_invoice(firm, note), day)
    return [*parts, CreditPart(note, towards, rest, (note.key, "rest"), True)]


def towards_of(firm: Firm, money: Money, day: date) -> str:
    """The invoice that money counts towards: its own, or the one its credit note credits."""
    if money.document is None:
        return OVERPAID
    if money.document["type"] == "credit_note":
        return standing_invoice(firm, credited_invoice(firm, money.document), day)
    return standing_invoice(firm, money.document, day)


def notes_towards(firm: Firm, invoice: Row) -> list[Row]:
    """The credit notes that credit an invoice or are allocated to it."""

    def by_invoice() -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for note in firm.rows["accounting_invoices"]:
            if note["type"] == "credit_note":
                named = [
                    firm.resolve("accounting_invoices", a["invoice_id"], a.system) for a in allocations_of(firm, note)
                ]
                for key in {row.key for row in [*named, credited_invoice(firm, note)] if row is not None}:
                    found[key].append(note)
        return found

    return firm.once("notes towards", by_invoice).get(invoice.key, [])


def money_towards(firm: Firm, invoice: Row) -> list[Money]:
    """One share of every payment on an invoice, or on a credit note of it."""

    def by_invoice() -> dict[str, dict[str, Money]]:
        found: dict[str, dict[str, Money]] = defaultdict(dict)
        for money in all_money(firm):
            if money.document is not None:
                is_note = money.document["type"] == "credit_note"
                towards = credited_invoice(firm, money.document) if is_note else money.document
                if towards is not None:
                    found[towards.key].setdefault(money.payment.key, money)
        return found

    return list(firm.once("money towards", by_invoice).get(invoice.key, {}).values())


def driver_on(firm: Firm, invoice_key: str, day: date) -> str:
    """The driver that what counts towards an invoice stands under on a day."""
    if invoice_key == OVERPAID:
        return "overpaid"

    def work_out() -> str:
        invoice = firm.by_key["accounting_invoices"][invoice_key]
        into = invoice["currency"]
        natively_open = gross_of(firm, invoice)
        for note in notes_towards(firm, invoice):
            for part in credit_parts(firm, note, day) if stands(firm, note, day) else []:
                if part.towards == invoice_key:
                    currency = note["currency"] if part.is_rest else into
                    natively_open -= converted(firm, part.native, currency, into, note["invoice_date"]) or 0
        for money in money_towards(firm, invoice):
            payment, document = money.payment, money.document
            if payment["paid_on"] <= day and document is not None:
                native = applied(firm, payment, document)
                if native is not None:
                    native = converted(firm, native, document["currency"], into, payment["paid_on"])
                natively_open -= money.sign * (native or 0)
        return driver_of(firm, invoice, natively_open, day)

    return firm.once(("driver", invoice_key, day), work_out)


def driver_of(firm: Firm, invoice: Row, natively_open: Decimal, day: date) -> str:
    if any(row.worth.is_missing for row in rows_of(firm, invoice)):
        return "missing_fx_rate"
    if natively_open < 0:
        return "overpaid"
    if natively_open == 0:
        return "fx"
    disputed, resolved = firm.day(invoice["disputed_at"]), firm.day(invoice["dispute_resolved_at"])
    if disputed is not None and disputed <= day and (resolved is None or day < resolved):
        return "disputed"
    return "overdue" if day > due_date(firm, invoice) else "not_due"


def due_date(firm: Firm, invoice: Row) -> date:
    stated: date | None = invoice["due_date"]
    if stated is not None:
        return stated
    customer = firm.resolve("accounting_customers", invoice["customer_id"], invoice.system)
    terms = customer["payment_terms_days"] if customer is not None else None
    days = firm.settings.default_payment_terms_days if terms is None else terms
    return after(invoice["invoice_date"], int(days))


def billed_to_collected(firm: Firm, engagement: Engagement, day: date) -> list[Item]:
    """Every item of the bridge on a day."""
    items: list[Item] = []

    def add(driver: str, record: tuple[str, ...], amount: Decimal, has_reason: bool = False) -> None:
        items.append(Item(BRIDGE, driver, engagement.id, record, amount, has_reason))

    ledgers = payment_ledgers(firm)
    for row in billed_in(firm, engagement):
        if row.invoice.system not in ledgers or not stands(firm, row.invoice, day):
            continue
        record = ("invoice_line", row.line.key, row.share)
        add("tax_billed", record, row.tax_cc)
        add("fx", record, -row.worth.fx)
        if row.worth.is_missing:
            add("missing_fx_rate", record, ZERO)
        if not row.is_credit:
            add(driver_on(firm, row.invoice.key, day), record, -row.gross_cc)
            continue
        rest = row.gross_cc
        for part in credit_parts(firm, row.invoice, day):
            amount = -rest if part.is_rest else credit_share(firm, row, part.native)
            rest += amount
            add(driver_on(firm, part.towards, day), (*record, *part.record), amount)
    for money in money_in(firm, engagement):
        if money.payment["paid_on"] <= day:
            record = ("payment", money.payment.key, money.line)
            counted = ZERO if money.is_missing else money.pays
            add(driver_on(firm, towards_of(firm, money, day), day), record, money.sign * money.pays)
            if money.is_missing:
                add("missing_fx_rate", record, -money.sign * money.pays)
            if money.kind in ("payment", "refund"):
                add("fx", record, money.sign * (money.rc - counted))
            else:
                has_reason = money.document is not None and money.document["reason"] is not None
                add("bad_debt" if money.kind == "bad_debt" else "withheld", record, -counted, has_reason)
    return items


def credit_share(firm: Firm, row: Billed, native: Decimal) -> Decimal:
    """What an allocated amount is on one row of its credit note, at cc: valued whole, then spread by gross."""
    if row.worth.is_missing:
        return ZERO
    own_day, currency = row.invoice["invoice_date"], row.invoice["currency"]
    reference = rate(firm, currency, row.engagement.reference_day or own_day) or rate(firm, currency, own_day)
    whole = ZERO if reference is None else cents(Fraction(native) * reference)
    weights = [(r.line.key + "|" + r.share, Fraction(-r.gross)) for r in rows_of(firm, row.invoice)]
    return spread(whole, weights)[row.line.key + "|" + row.share]
