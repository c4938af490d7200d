"""Each check before publishing finds the silent error it is there for, and nothing in a sound warehouse."""

from pathlib import Path

import duckdb
import pytest

from warehouse.checks import CHECKS, check_warehouse


@pytest.fixture
def warehouse(sealed_file: Path, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A copy of the small warehouse that may be broken."""
    file = tmp_path / "warehouse.duckdb"
    file.write_bytes(sealed_file.read_bytes())
    file.chmod(0o644)
    return duckdb.connect(str(file))


def found(warehouse: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """What the checks find, without those that find nothing."""
    return {name: sentences for name, sentences in check_warehouse(warehouse).items() if sentences}


def test_a_sound_warehouse_passes_every_check(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert check_warehouse(warehouse) == {name: [] for name in CHECKS}


@pytest.mark.parametrize(
    ("statement", "check", "sentence"),
    [
        ("drop table marts.fct_exceptions", "published names are there", "marts.fct_exceptions is not there"),
        ("drop macro table semantic.movement", "published names are there", "macro semantic.movement is not there"),
        ("create schema staging", "inner layers are dropped", "schema staging is not for readers"),
        ("drop table marts.revenue_items", "every view selects", 'semantic."revenue_monthly" cannot be read'),
        ("update marts.fct_loads set rows_loaded = 1", "rows read = loaded + quarantined", "2 rows read, 1 loaded"),
        ("comment on column marts.fct_loads.status is null", "everything is described", "marts.fct_loads.status has"),
        ("comment on view semantic.revenue_monthly is null", "everything is described", "semantic.revenue_monthly has"),
        ("comment on macro table semantic.bridge is null", "everything is described", "semantic.bridge has no"),
    ],
)
def test_a_broken_warehouse_is_found_out(
    warehouse: duckdb.DuckDBPyConnection, statement: str, check: str, sentence: str
) -> None:
    warehouse.execute(statement)
    assert any(sentence in told for told in found(warehouse)[check])


def test_a_bridge_that_misses_a_cent_is_found_with_its_engagement_and_day(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute("update marts.revenue_items set amount = 35000.01 where metric = 'billed' and amount = 35000")
    told = found(warehouse)["every bridge ties"]
    # Sold 100,000, planned 85,000, billed 60,000.01: −25,000 of drivers do not explain −24,999.99.
    assert told == [
        "bridge planned_to_billed as of 2026-02-01 does not tie for deal:exports:D1: "
        "its drivers add up to -25000.00, its ends differ by -24999.99",
        "bridge billed_to_collected as of 2026-02-01 does not tie for deal:exports:D1: "
        "its drivers add up to 0.00, its ends differ by -0.01",
    ]


def test_errors_that_cancel_between_engagements_are_found(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "insert into marts.revenue_items values ('a', 'sold', 5, '2026-01-10'), ('b', 'sold', -5, '2026-01-10')"
    )
    told = found(warehouse)["every bridge ties"]
    assert sum("for a:" in sentence for sentence in told) == sum("for b:" in sentence for sentence in told) == 2


def test_a_bridge_that_ties_to_other_ends_than_the_metrics_is_found(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        """
        create or replace macro semantic.bridge_ends(wanted, as_of) as table
        select 'deal:exports:D1' as engagement_id, 0 as start_amount, sum(b.amount) as end_amount
        from semantic.bridge_by_engagement(wanted, as_of) as b having count(*) > 0
        """
    )
    assert "bridge planned_to_billed as of 2026-02-01 leads from 0 to -25000.00; the metrics are " in "\n".join(
        found(warehouse)["every bridge ties"]
    )


def test_an_engagement_with_drivers_and_no_metric_is_found(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("update marts.fct_variance_items set engagement_id = 'lost' where driver = 'not_due_yet'")
    assert any("for lost" in sentence for sentence in found(warehouse)["every bridge ties"])


def test_a_metric_that_no_system_tells_has_no_bridge(warehouse: duckdb.DuckDBPyConnection) -> None:
    # Nothing posts revenue here: recognised is null, not 0, and billed − recognised has no drivers to tie.
    assert found(warehouse) == {}
    row = warehouse.execute("select recognized_revenue from semantic.revenue_as_of(date '2026-03-31')").fetchone()
    assert row == (None,)
