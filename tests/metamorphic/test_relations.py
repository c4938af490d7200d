"""Results change exactly as they must: ten times the amounts, another order, two loads, two files, one more client.

Two homes answer all. `told_once` holds the same firms side by side in several forms, each under its own first letter:
H (worked by hand) and S (made up); T and X, which are these ten times as large; Y, which is S with its records over two
systems' files; and Z, a stranger. `told_otherwise` holds H and S alone, in another order, loaded in two halves.
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

ROUNDED = Decimal("0.055")  # ten times half a cent, and half a cent
HAS_THIRDS = "55"  # the one firm worked by hand whose amounts are thirds of a cent

# All that is said of any day is a sum of these: what moves in each driver and revenue of a firm, its letter left out.
MOVES = {
    "drivers": """
        select regexp_replace(engagement_id, ':{letter}([0-9])', ':\\1') as engagement_id, bridge, driver, has_reason,
            is_overdue, is_inferred, revenue_type, day, sum(amount) as amount, sum(item_count) as number
        from {catalog}marts.fct_variance_deltas
        where regexp_matches(engagement_id, ':{letter}[0-9]')
        group by all
    """,
    "revenues": """
        select regexp_replace(engagement_id, ':{letter}([0-9])', ':\\1') as engagement_id, revenue, day,
            sum(amount) as amount
        from (
            unpivot {catalog}marts.fct_revenue_deltas
            on sold_revenue, planned_revenue, billed_revenue, recognized_revenue, collected_cash
            into name revenue value amount
        )
        where regexp_matches(engagement_id, ':{letter}[0-9]')
        group by all
    """,
}
# What moves in each driver and revenue, and of how many records' parts it is the sum: each was rounded by itself.
ROUNDED_MOVES = {
    "drivers": """
        select regexp_replace(engagement_id, ':{letter}([0-9])', ':\\1') as engagement_id, bridge, driver as thing, day,
            sum(amount) as amount, count(*) as number
        from (
            select engagement_id, bridge, driver, effective_from as day, amount from marts.fct_variance_items
            union all
            select engagement_id, bridge, driver, effective_to as day, -amount from marts.fct_variance_items
            where effective_to is not null
        )
        where regexp_matches(engagement_id, ':{letter}[0-9]')
        group by all
    """,
    "revenues": """
        select regexp_replace(engagement_id, ':{letter}([0-9])', ':\\1') as engagement_id, revenue as bridge,
            '' as thing, day, sum(amount) as amount, count(*) as number
        from (
            select engagement_id, 'sold' as revenue, metric_date as day, sold_amount as amount from marts.fct_sold
            union all select engagement_id, 'planned', metric_date, planned_amount from marts.fct_planned
            union all select engagement_id, 'billed', metric_date, billed_amount from marts.fct_billed
            union all select engagement_id, 'recognized', metric_date, recognized_amount from marts.fct_recognized
            union all select engagement_id, 'collected', metric_date, collected_amount from marts.fct_collected
        )
        where regexp_matches(engagement_id, ':{letter}[0-9]')
        group by all
    """,
}
Connection = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def told_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    firms = joined(
        worked_firms(),
        random_firms("S"),
        scaled(renamed(worked_firms(), "H", "T")),
        scaled(random_firms("X")),
        split_over_two_systems(random_firms("Y"), "more"),
        random_firm(99, "Z0"),
    )
    tables, settings = as_home(firms, "exports", "books", "more")
    connection = built(tmp_path_factory.mktemp("told_once"), settings, (tables, None))
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def told_otherwise(told_once: Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """`told_once`, with the other home attached as `otherwise`."""
    tables, settings = as_home(shuffled(joined(worked_firms(), random_firms("S"))), "exports", "books")
    home: Path = tmp_path_factory.mktemp("told_otherwise")
    built(home, settings, (half(tables), None), (tables, None)).close()
    told_once.execute(f"attach '{home / 'build' / 'dev' / 'warehouse.duckdb'}' as otherwise (read_only)")
    yield told_once
    told_once.execute("detach otherwise")


def moves(connection: Connection, what: str, letter: str, catalog: str = "") -> set[tuple[object, ...]]:
    """A firm's moves that are not 0."""
    sql = MOVES[what].format(letter=letter, catalog=catalog)
    return set(connection.execute(f"from ({sql}) where amount <> 0").fetchall())


@pytest.mark.parametrize("what", MOVES)
@pytest.mark.parametrize("letter", ("H", "S"))
def test_another_order_two_loads_and_other_clients_change_nothing(
    told_otherwise: Connection, letter: str, what: str
) -> None:
    expected = moves(told_otherwise, what, letter)
    assert len(expected) > 100
    assert moves(told_otherwise, what, letter, "otherwise.") == expected


@pytest.mark.parametrize("what", MOVES)
def test_records_of_an_engagement_in_two_systems_files_count_as_in_one(told_once: Connection, what: str) -> None:
    split = "select count(distinct source_system), count(*) from marts.fct_time_entries where time_entry_id like '%:Y%'"
    assert told_once.execute(split).fetchall()[0][0] == 2
    expected = moves(told_once, what, "S")
    assert len(expected) > 100
    assert moves(told_once, what, "Y") == expected


@pytest.mark.parametrize("what", MOVES)
def test_ten_times_the_amounts_are_ten_times_the_results(told_once: Connection, what: str) -> None:
    """To the cent: of what was worked by hand, nothing has to be rounded."""

    def amounts(letter: str) -> dict[tuple[object, ...], Decimal]:
        sql = ROUNDED_MOVES[what].format(letter=letter)
        found = told_once.execute(
            f"select * from ({sql}) where not contains(engagement_id, ':{HAS_THIRDS}')"
        ).fetchall()
        return {tuple(key): amount for *key, amount, _ in found if amount}

    small = amounts("H")
    assert len(small) > 60
    assert amounts("T") == {key: amount * 10 for key, amount in small.items()}


@pytest.mark.parametrize("what", MOVES)
def test_ten_times_odd_amounts_are_ten_times_the_results_but_for_what_rounding_took(
    told_once: Connection, what: str
) -> None:
    """Each part of a record is rounded once, and what is left over of it may be the difference of two such."""
    differences = told_once.execute(f"""
        select coalesce(small.amount, 0) * 10 - coalesce(large.amount, 0) as difference,
            greatest(coalesce(small.number, 0), coalesce(large.number, 0)) as number
        from ({ROUNDED_MOVES[what].format(letter="S")}) as small
        full join ({ROUNDED_MOVES[what].format(letter="X")}) as large using (engagement_id, bridge, thing, day)
    """).fetchall()
    assert len(differences) > 100
    assert any(difference for difference, _ in differences), "nothing was rounded: this test tests nothing"
    assert all(abs(difference) <= 2 * ROUNDED * number for difference, number in differences)
