"""A published firm with the analyst who works its metrics out by hand: what test_by_hand.py and others ask of both.

home -> warehouse + Analyst + the oracle's tables, with the days on which balances are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ingestion.sample_firm.firm import generate
from tests.oracle import records
from tests.warehouse.hand_answers import Analyst
from tests.warehouse.hand_settlements import add_settlements
from tests.warehouse.random_home import ten_firms
from warehouse.connect import Warehouse, published_file
from warehouse.settings import Settings, read_settings


@dataclass(frozen=True)
class Firm:
    """`first`: the first month asked about. `odd_days`: days inside a month that are asked about as well."""

    name: str
    warehouse: Warehouse
    settings: Settings
    analyst: Analyst
    first: date
    odd_days: tuple[date, ...]

    @property
    def last(self) -> date:
        """The business day."""
        return self.analyst.business_day

    def close(self) -> None:
        self.analyst.connection.close()
        self.warehouse.close()


def month_ends(first: date, last: date) -> list[date]:
    """The last day of each month from `first` on, the last one cut off at `last`."""
    days = []
    while first <= last:
        after = (first + timedelta(days=31)).replace(day=1)
        days.append(min(after - timedelta(days=1), last))
        first = after
    return days


def open_sample(home: Path) -> Firm:
    """The sample firm; its own ledger of events tells the oracle what happened."""
    settings = read_settings(home)
    ledger = generate()
    tables = ledger.canonical()
    keys = records.KEYS | {"psa_budget_lines": "budget_line_id"}
    for table, rows in tables.items():
        for row in rows if table in keys else ():  # the ledger writes `<system>:<id>`; a record's own id is bare
            row[keys[table]] = row[keys[table]].removeprefix(f"{row['source_system']}:")
    decided: dict[str, Any] = {name: tuple(rows) for name, rows in ledger.decisions.items()}
    systems = tuple(system.name for system in settings.systems)
    oracle = records.Firm(tables, records.Settings(systems=systems, **decided))
    days = (date(2025, 3, 14), date(2025, 12, 31), date(2026, 7, 15))
    return _open("sample", home, settings, oracle, date(2024, 6, 1), days, (*days[:2], date(2026, 8, 31)))


def open_ten_firms(home: Path) -> Firm:
    """The ten made-up firms."""
    _, oracle = ten_firms()
    first, odd_days = date(2026, 1, 1), (date(2026, 2, 10), date(2026, 3, 17), date(2026, 4, 20), date(2026, 5, 3))
    settings = read_settings(home)
    last = business_day(home)
    return _open("ten_firms", home, settings, oracle, first, odd_days, (*month_ends(first, last), *odd_days))


def business_day(home: Path) -> date:
    """The day that a published home takes for today."""
    warehouse = Warehouse(published_file(home))
    day = date.fromisoformat(warehouse.manifest["business_day"])
    warehouse.close()
    return day


def _open(
    name: str,
    home: Path,
    settings: Settings,
    oracle: records.Firm,
    first: date,
    odd_days: tuple[date, ...],
    settled_days: tuple[date, ...],
) -> Firm:
    warehouse = Warehouse(published_file(home))
    last = date.fromisoformat(warehouse.manifest["business_day"])
    analyst = Analyst(warehouse, settings, sorted({*month_ends(first, last), *odd_days}), settled_days)
    add_settlements(analyst.connection, oracle, settled_days, last)
    return Firm(name, warehouse, settings, analyst, first, odd_days)
