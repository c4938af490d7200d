"""The one ledger of what truly happened at the invented firm.

Data flow: sold.py, planned.py, billed.py record events here as canonical rows -> salesforce.py, birdview.py,
quickbooks.py, exports.py each write what their system would know of them; `canonical()` is what all of it means.
"""

import heapq
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ingestion.canonical import TABLES
from ingestion.sample_firm import names

Row = dict[str, Any]
"""One canonical row. Keys and references are `<system>:<id>`; a name that starts with `_` is for the exporters."""

COLUMNS: dict[str, list[str]] = {name: list(table.columns) for name, table in TABLES.items()}
CENT = Decimal("0.01")
IDS_PER_FIRM = 1_000_000


def cents(amount: Decimal) -> Decimal:
    """The amount in whole cents, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass
class Person:
    """Someone who works for the firm; `resource` is the PSA's row."""

    resource: Row
    role: str
    cost: Decimal
    days_off: set[date] = field(default_factory=set)


@dataclass
class Client:
    """One real company, with its key in each system it is known to; customers are opened when first billed."""

    name: str
    entity: str
    currency: str
    country: str
    terms_days: int
    account: Row
    psa_client: Row
    names: dict[str, str]
    customers: dict[str, Row] = field(default_factory=dict)
    pays_late_days: int = 0

    @property
    def tax_rate(self) -> Decimal:
        return names.TAX_RATES.get(self.country, Decimal(0))


@dataclass
class Project:
    """A project with what delivery and billing need to know of it."""

    row: Row
    client: Client
    rates: dict[str, Decimal] = field(default_factory=dict)
    version: int = 0
    lines: list[Row] = field(default_factory=list)  # of the newest version
    entries: list[Row] = field(default_factory=list)
    expenses: list[Row] = field(default_factory=list)
    milestones: list[Row] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)  # keys of the time, expenses and milestones already invoiced
    in_ledgers: dict[str, Row] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return str(self.row["project_id"])


class Ledger:
    """Everything that happened, by canonical table, in the order in which it was recorded."""

    def __init__(self, seed: int, firm: int = 0) -> None:
        self.firm = firm
        self.random = random.Random(f"{seed}/{firm}")
        self.tables: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        self.people: list[Person] = []
        self.clients: list[Client] = []
        self.projects: list[Project] = []
        self.documents: list[Any] = []  # billed.Invoice
        self.decisions: dict[str, list[Row]] = {"client_aliases": [], "sold_corrections": []}
        self.hours_used: dict[tuple[str, date], Decimal] = {}
        self.fx = exchange_rates(seed)
        self._numbers: dict[str, int] = {}
        self._seen: set[object] = set()
        self._agenda: list[tuple[date, int, Callable[[], object]]] = []

    def number(self, kind: str, first: int = 1) -> int:
        """The next number of a range; every firm has a range of its own."""
        self._numbers[kind] = self._numbers.get(kind, first + self.firm * IDS_PER_FIRM - 1) + 1
        return self._numbers[kind]

    def first_time(self, thing: object) -> bool:
        """True the first time that it is asked of a thing."""
        if thing in self._seen:
            return False
        self._seen.add(thing)
        return True

    def later(self, day: date, action: Callable[[], object]) -> None:
        """Do that on that day, if it comes before the export."""
        if day <= names.LAST_DAY:
            heapq.heappush(self._agenda, (day, self.number("agenda"), action))

    def run(self) -> None:
        """Live through everything that was put off, day by day, with what it puts off in turn."""
        while self._agenda:
            heapq.heappop(self._agenda)[2]()

    def named(self, name: str) -> str:
        """A name that is the firm's own: `Northbeam UK Ltd` is `Northbeam UK Ltd 2` in the second firm."""
        return f"{name} {self.firm + 1}" if self.firm else name

    def add(self, table: str, system: str, **values: Any) -> Row:
        """Record one row. Raises KeyError on a column that the canonical table does not have."""
        unknown = [name for name in values if name not in COLUMNS[table] and not name.startswith("_")]
        if unknown:
            raise KeyError(f"{table} has no column {unknown}; see ingestion/canonical.yml.")
        row = dict.fromkeys(COLUMNS[table]) | {"source_system": system, "deleted_at": None} | values
        self.tables[table].append(row)
        return row

    def decide(self, seed: str, **row: Any) -> None:
        """What people of the firm decided in review: a row of a home's `decisions/<seed>.csv`."""
        self.decisions[seed].append(row)

    def rate_on(self, currency: str, day: date) -> Decimal | None:
        """US dollars for one unit on that day; None where no rate is known yet."""
        if currency == "USD":
            return Decimal(1)
        monday = day - timedelta(days=day.weekday())
        return self.fx.get((currency, monday))

    def canonical(self) -> dict[str, list[Row]]:
        """Canonical tables as the warehouse must come to hold them: every column, keys `<system>:<id>`,
        `source_system`, and `deleted_at` where the source says that the record is gone."""
        return {
            table: [{name: value for name, value in row.items() if not name.startswith("_")} for row in rows]
            for table, rows in self.tables.items()
        }

    def extend(self, others: Iterable["Ledger"]) -> "Ledger":
        """This ledger with the other firms' rows after its own (the exchange rates are shared)."""
        for other in others:
            for table, rows in other.tables.items():
                if table != "fx_rates":
                    self.tables[table].extend(rows)
            for seed, decided in other.decisions.items():
                self.decisions[seed].extend(decided)
        return self


def exchange_rates(seed: int) -> dict[tuple[str, date], Decimal]:
    """A rate a week (each Monday) for EUR, GBP and CAD: the same for every firm of a seed."""
    walk = random.Random(f"{seed}/fx")
    rates: dict[tuple[str, date], Decimal] = {}
    level = {"EUR": 10900, "GBP": 12900, "CAD": 7350}
    monday = names.FIRST_DAY - timedelta(days=names.FIRST_DAY.weekday())
    while monday <= names.EXPORTED_AT.date():
        for currency in level:
            level[currency] += walk.randint(-60, 60) * level[currency] // 10000
            if currency != "CAD" or monday >= names.CAD_RATES_FROM:
                rates[currency, monday] = Decimal(level[currency]).scaleb(-4)
        monday += timedelta(days=7)
    return rates


def salesforce_id(prefix: str, number: int) -> str:
    """An 18-character Salesforce id: 15 characters, and the 3 that tell upper from lower case in them."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = alphabet[digit] + digits
    short = prefix + "Nb" + digits.rjust(10, "0")
    checks = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    parts = (short[start : start + 5] for start in (0, 5, 10))
    return short + "".join(checks[sum(1 << i for i, c in enumerate(part) if c.isupper())] for part in parts)
