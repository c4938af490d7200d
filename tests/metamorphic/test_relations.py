"""Results change exactly as they must: ten times the amounts, another order, two loads, two files, one more client.

Two homes answer all: `told_once` holds the same firms side by side in several forms, each under its own first letter
(H worked by hand, S made up; T and X are those ten times as large, Y is S over two systems' files, Z is a stranger);
`told_otherwise` holds H and S alone, their records in another order, loaded in two halves.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from metamorphic.firms import (
    as_home,
    half,
    joined,
    random_firms,
    renamed,
    scaled,
    shuffled,
    split_over_two_systems,
    worked_firms,
)
from oracle.built_home import built
from oracle.random_firm import random_firm

# What every number as of any day is a sum of: bridges' drivers, and revenues.
DELTAS = {
    "drivers": (
        "select engagement_id, bridge, driver, has_reason, revenue_type, is_inferred, day, sum(amount) as amount,"
        " sum(item_count) as item_count from marts.fct_variance_deltas"
    ),
    "revenues": (
        "select engagement_id, day, sum(sold_revenue) as sold, sum(planned_revenue) as planned, sum(billed_revenue) as billed,"
        " sum(recognized_revenue) as recognized, sum(collected_cash) as collected from marts.fct_revenue_deltas"
    ),
}
# One firm's rows under another letter: the first letter of ids, which follow a system's name or a separator.
OF_FIRM = "where regexp_matches(engagement_id, ':{letter}[0-9]')"
ROUNDING = Decimal("0.055")  # 10 times half a cent, and half a cent


@pytest.fixture(scope="module")
def told_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    worked, made_up = worked_firms(), random_firms("S")
    tables, settings = as_home(
        joined(
            worked, made_up, scaled(renamed(worked, "H", "T")), scaled(random_firms("X")),
            split_over_two_systems(random_firms("Y"), "more"), random_firm(99, "Z0"),
        ),
        "exports", "books", "more",
    )  # fmt: skip
    connection = built(tmp_path_factory.mktemp("told_once"), settings, (tables, None))
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def told_otherwise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tables, settings = as_home(shuffled(joined(worked_firms(), random_firms("S"))), "exports", "books")
    home = tmp_path_factory.mktemp("told_otherwise")
    built(home, settings, (half(tables), None), (tables, None)).close()
    return home / "build" / "dev" / "warehouse.duckdb"


@pytest.fixture(scope="module")
def both(
    told_once: duckdb.DuckDBPyConnection, told_otherwise: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    told_once.execute(f"attach '{told_otherwise}' as otherwise (read_only)")
    yield told_once
    told_once.execute("detach otherwise")


def rows(connection: duckdb.DuckDBPyConnection, what: str, letter: str, catalog: str = "") -> list[tuple[object, ...]]:
    """A firm's deltas, its letter taken out of its ids. Days on which nothing changes are no rows."""
    sql = DELTAS[what].replace("from marts.", f"from {catalog}marts.")
    keys = "engagement_id, bridge, driver, has_reason, revenue_type, is_inferred, day" if what == "drivers" else "engagement_id, day"
    query = f"""
        select * replace (regexp_replace(engagement_id, ':{letter}(?=[0-9])', ':') as engagement_id)
        from ({sql} {OF_FIRM.format(letter=letter)} group by {keys}) order by all
    """
    return connection.execute(query.replace("(?=[0-9])", "")).fetchall()


def without_zeros(found: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [row for row in found if any(isinstance(value, Decimal) and value for value in row)]


@pytest.mark.parametrize("what", DELTAS)
def test_ten_times_the_amounts_of_firms_without_cents_are_ten_times_the_results(
    told_once: duckdb.DuckDBPyConnection, what: str
) -> None:
    small = without_zeros(rows(told_once, what, "H"))
    assert len(small) > 100
    assert without_zeros(rows(told_once, what, "T")) == [
        tuple(value * 10 if isinstance(value, Decimal) else value for value in row) for row in small
    ]
