"""The oracle's records: canonical rows as Python values, references between them, days and cents.

canonical tables (dict of lists of dicts) + settings -> `Firm`, which every other file of the oracle reads.
Nothing here is shared with the warehouse: it answers the same rules row by row, so that the two can be compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar, cast, overload
from zoneinfo import ZoneInfo

ZERO = Decimal("0.00")
FOREVER = date.max
Answered = TypeVar("Answered")

KEYS = {
    "crm_accounts": "account_id",
    "crm_deals": "deal_id",
    "crm_deal_lines": "deal_line_id",
    "psa_clients": "client_id",
    "psa_projects": "project_id",
    "psa_milestones": "milestone_id",
    "psa_resources": "resource_id",
    "psa_time_entries": "time_entry_id",
    "psa_expenses": "expense_id",
    "accounting_customers": "customer_id",
    "accounting_projects": "accounting_project_id",
    "accounting_invoices": "invoice_id",
    "accounting_invoice_lines": "invoice_line_id",
    "accounting_payments": "payment_id",
    "accounting_revenue_postings": "posting_id",
}


@dataclass(frozen=True)
class Settings:
    """What a home's `tieout.toml` and decisions say. `systems` is in order of precedence.

    client_aliases: rows of `client_aliases.csv`; client_key and same_as are `<role>:<key>` or `<key>` (any role).
    sold_corrections: rows of `sold_corrections.csv`: deal (`<system>:<id>` or a bare id), date, amount, reason,
    approved_by; only approved ones count.
    """

    reporting_currency: str = "USD"
    business_time_zone: str = "America/New_York"
    default_payment_terms_days: int = 30
    systems: tuple[str, ...] = ("exports", "books")
    client_aliases: tuple[dict[str, Any], ...] = ()
    sold_corrections: tuple[dict[str, Any], ...] = ()


class Row(dict[str, Any]):
    """One record. A column it does not have is None, and so is empty text."""

    key: str = ""  # <system>:<id>, of tables whose key is one column

    def __init__(self, given: dict[str, Any], system: str) -> None:
        super().__init__({column: None if value == "" else value for column, value in given.items()})
        self.system = system

    def __missing__(self, column: str) -> None:
        return None


def cents(exact: Fraction | Decimal | int) -> Decimal:
    """Round once, half away from zero, to two decimals."""
    exact = Fraction(exact)
    whole = (abs(exact) * 100 + Fraction(1, 2)).__floor__()
    return Decimal(whole if exact >= 0 else -whole).scaleb(-2)


def is_true(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "1")


@dataclass
class Firm:
    """All canonical tables of one firm (or of many that share one home)."""

    tables: dict[str, list[dict[str, Any]]]
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        self.zone = ZoneInfo(self.settings.business_time_zone)
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.by_key: dict[str, dict[str, Row]] = defaultdict(dict)
        self.answers: dict[Hashable, Any] = {}  # what was worked out once already; nothing in it depends on the asker
        for table, rows in self.tables.items():
            for given in rows:
                row = Row(given, given.get("source_system") or self.settings.systems[0])
                if table in KEYS:
                    row.key = f"{row.system}:{row[KEYS[table]]}"
                    self.by_key[table][row.key] = row
                self.rows[table].append(row)

    def once(self, question: Hashable, answer: Callable[[], Answered]) -> Answered:
        """The answer to a question that is asked often: worked out the first time."""
        if question not in self.answers:
            self.answers[question] = answer()
        return cast(Answered, self.answers[question])

    def present(self, table: str) -> list[Row]:
        """The rows that are not deleted: for documents, a deleted one is as if it never was."""
        return [row for row in self.rows[table] if row["deleted_at"] is None]

    def resolve(self, table: str, reference: Any, own_system: str | None) -> Row | None:
        """`<system>:<id>`, else a bare id in the record's own system, else in the only other system that holds it."""
        if reference is None:
            return None
        reference, held = str(reference), self.by_key[table]
        system, colon, _ = reference.partition(":")
        if colon and system in self.settings.systems:
            return held.get(reference)
        if own_system is not None and f"{own_system}:{reference}" in held:
            return held[f"{own_system}:{reference}"]
        found = [held[f"{name}:{reference}"] for name in self.settings.systems if f"{name}:{reference}" in held]
        return found[0] if len(found) == 1 else None

    @overload
    def day(self, moment: datetime | date) -> date: ...
    @overload
    def day(self, moment: None) -> None: ...
    def day(self, moment: datetime | date | None) -> date | None:
        """The business day of a moment."""
        if isinstance(moment, datetime):
            return moment.astimezone(self.zone).date()
        return moment

    def left_on(self, row: Row) -> date:
        """The day a deleted record left; the end of time for one that is there."""
        return self.day(row["deleted_at"]) or FOREVER

    def end_of(self, day: date) -> datetime:
        return datetime.combine(day, time.max, self.zone)


def stays_with(child: Row, *parents: Row | None) -> bool:
    """Whether a record counts: it is there, or it went only when (or after) one of its parents was deleted."""
    if child["deleted_at"] is None:
        return True
    return any(
        p is not None and p["deleted_at"] is not None and child["deleted_at"] >= p["deleted_at"] for p in parents
    )


def group(rows: Iterable[Row], by: Any) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[by(row)].append(row)
    return groups


def spread(whole: Decimal, weights: list[tuple[str, Fraction]]) -> dict[str, Decimal]:
    """Spread an amount over (id, weight): each its rounded share, the largest (then the lowest id) what is left."""
    total = sum((weight for _, weight in weights), Fraction(0))
    largest = min(weights, key=lambda pair: (-pair[1], pair[0]))[0]
    shares = {
        name: cents(Fraction(whole) * weight / total) if total else ZERO for name, weight in weights if name != largest
    }
    shares[largest] = whole - sum(shares.values(), ZERO)
    return shares


def after(day: date, days: int = 1) -> date:
    return day + timedelta(days=days)
