"""The sample firm's own ledger says what the warehouse says, which has only seen what each system would export of it.

events -> Ledger.canonical() -> oracle, against events -> exports -> load -> staging -> ... -> the published warehouse.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from oracle.compare import membership_differences
from oracle.evaluate import changes, evaluate
from oracle.records import KEYS, Firm, Settings
from oracle.test_warehouse_agrees import Warehouse, disagreements

from ingestion.sample_firm.firm import generate

SYSTEMS = ("salesforce", "birdview", "quickbooks", "exports")  # in the order of tieout.toml
Sample = tuple[Firm, duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module")
def sample(sample_home: Path) -> Iterator[Sample]:
    ledger = generate()
    tables = ledger.canonical()
    for table, rows in tables.items():
        for row in rows:  # the ledger writes `<system>:<id>`; a record's own id is bare
            for key in {KEYS.get(table), "budget_line_id" if table == "psa_budget_lines" else None} - {None}:
                row[key] = row[key].removeprefix(f"{row['source_system']}:")
    decided = {name: tuple(rows) for name, rows in ledger.decisions.items()}
    firm = Firm(tables, Settings(systems=SYSTEMS, **decided))
    connection = duckdb.connect()
    connection.execute(f"attach '{(sample_home / 'warehouse.duckdb').resolve()}' as warehouse (read_only)")
    connection.execute("use warehouse")
    yield firm, connection
    connection.close()


def test_every_driver_and_revenue_of_the_sample_firm_is_its_ledgers(sample: Sample) -> None:
    """On days all over the two years on which something changes."""
    firm, connection = sample
    warehouse = Warehouse(connection)
    between = [day for day in changes(firm) if date(2024, 9, 1) <= day <= date(2026, 9, 1)]
    days = sorted({*between[:: len(between) // 20], date(2026, 8, 31), date(2026, 9, 1)})
    assert len(days) > 20
    found = [sentence for day in days for sentence in disagreements(warehouse, evaluate(firm, day))]
    assert not found, f"{len(found)} differ:\n" + "\n".join(found[:20])


def test_every_deal_and_project_of_the_sample_firm_is_in_its_engagement(sample: Sample) -> None:
    firm, connection = sample
    assert membership_differences(connection, firm) == []
