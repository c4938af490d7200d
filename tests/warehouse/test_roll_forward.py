"""Backlog opens, moves and closes to the cent in any period, and ageing is the bridge's own amounts, told by age.

The firm of restated_home.py, as of its second load: Harbor is sold for 100,000, billed 60,000 − 30,000, recognised
50,000.
"""

from __future__ import annotations

import random
import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.restated_home import HARBOR
from warehouse.connect import Warehouse

FIRST_DAY = date(2025, 12, 1)
DAYS = 400
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
PERIODS = [
    tuple(sorted((FIRST_DAY + timedelta(days=draw.randrange(DAYS)), FIRST_DAY + timedelta(days=draw.randrange(DAYS)))))
    for draw in (random.Random(seed) for seed in range(12))
]


def dollars(amount: int) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


def asked(warehouse: Warehouse, sql: str, *parameters: date) -> list[tuple[Any, ...]]:
    return warehouse.rows(sql, parameters)[1]


def test_a_months_backlog_rolls_forward(after: Warehouse) -> None:
    rolled = asked(after, "from semantic.backlog_roll_forward(?, ?) order by engagement_id", *MARCH)
    assert rolled[0] == (
        HARBOR,
        # 100,000 sold before March; 50,000 recognised in it.
        dollars(100_000), dollars(0), dollars(50_000), dollars(100_000 - 50_000),
        # Billed in it: 60,000 − 30,000.
        dollars(100_000), dollars(60_000 - 30_000), dollars(100_000 - 30_000),
    )  # fmt: skip
    # Juniper's training is sold in March: it opens with nothing and closes with 8,000, of which nothing is billed.
    assert rolled[3][1:] == tuple(map(dollars, (0, 8_000, 0, 8_000, 0, 0, 8_000)))


@pytest.mark.parametrize("period", PERIODS)
def test_opening_and_what_came_and_went_make_the_closing_in_any_period(
    after: Warehouse, period: tuple[date, date]
) -> None:
    rolled = asked(
        after,
        """
        select
            opening_backlog_amount + sold_revenue - recognized_revenue - closing_backlog_amount,
            opening_unbilled_backlog_amount + sold_revenue - billed_revenue - closing_unbilled_backlog_amount
        from semantic.backlog_roll_forward(?, ?)
        """,
        *period,
    )
    assert set(rolled) <= {(dollars(0), dollars(0))}


@pytest.mark.parametrize("period", PERIODS)
def test_a_closing_is_what_stands_that_day_and_the_next_opening(after: Warehouse, period: tuple[date, date]) -> None:
    first, last = period
    closing = asked(
        after,
        """
        select engagement_id, closing_backlog_amount, closing_unbilled_backlog_amount
        from semantic.backlog_roll_forward(?, ?) order by all
        """,
        first,
        last,
    )
    standing = asked(
        after,
        """
        select engagement_id, sold_revenue - recognized_revenue, sold_revenue - billed_revenue
        from semantic.revenue_as_of(?) order by all
        """,
        last,
    )
    opening = asked(
        after,
        """
        select engagement_id, opening_backlog_amount, opening_unbilled_backlog_amount
        from semantic.backlog_roll_forward(?, ?) order by all
        """,
        last + timedelta(days=1),
        last + timedelta(days=1),
    )
    assert closing == standing == opening


def test_a_period_in_which_something_is_won_and_billed_is_among_those_tried() -> None:
    assert any(first <= MARCH[0] and last >= MARCH[1] for first, last in PERIODS)


def test_without_a_ledger_that_posts_revenue_backlog_is_not_available_rather_than_zero(
    after: Warehouse, tmp_path: Path
) -> None:
    file = tmp_path / "warehouse.duckdb"
    shutil.copyfile(after.file, file)
    with duckdb.connect(str(file)) as connection:
        connection.execute("update marts.dim_availability set is_available = false where name = 'recognized_revenue'")
    [row] = asked(
        Warehouse(file),
        "from semantic.backlog_roll_forward(?, ?) where engagement_id = 'deal:exports:D1'",
        *MARCH,
    )
    assert row[1:5] == (None, dollars(0), None, None)
    assert row[5:] == (dollars(100_000), dollars(30_000), dollars(70_000))


def test_wip_is_told_by_the_days_since_its_approval(after: Warehouse) -> None:
    # As of 2 May: Harbor's 10,000 was approved 51 days before; Juniper's 1,000, 2,000 and 3,000: 91, 71 and 38 days.
    aged = asked(
        after,
        "select engagement_id, age, amount, item_count from semantic.wip_ageing(?) order by engagement_id, position",
        date(2026, 5, 2),
    )
    assert aged == [
        (HARBOR, "31 to 60 days", dollars(10_000), 1),
        ("deal:exports:D3", "31 to 60 days", dollars(3_000), 1),
        ("deal:exports:D3", "61 to 90 days", dollars(2_000), 1),
        ("deal:exports:D3", "over 90 days", dollars(1_000), 1),
    ]


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2026, 4, 11), "0 to 30 days"),  # approved on 12 March
        (date(2026, 4, 12), "31 to 60 days"),
        (date(2026, 5, 11), "31 to 60 days"),
        (date(2026, 5, 12), "61 to 90 days"),
        (date(2026, 6, 10), "61 to 90 days"),
        (date(2026, 6, 11), "over 90 days"),
    ],
)
def test_an_age_begins_on_its_day(after: Warehouse, day: date, age: str) -> None:
    sql = "select age from semantic.wip_ageing(?) where engagement_id = 'deal:exports:D1'"
    assert asked(after, sql, day) == [(age,)]


def test_receivables_are_told_by_the_days_since_they_were_due(after: Warehouse) -> None:
    # As of 2 May: of Harbor's 60,000 due on 4 April, 25,000 is paid and 30,000 credited. Juniper's 5,500 with tax was
    # due on 15 February, 76 days before, and 1,500 of it is paid; its 1,000 is in dispute, however old.
    aged = asked(
        after,
        "select engagement_id, age, amount, invoice_count from semantic.receivables_ageing(?) order by all",
        date(2026, 5, 2),
    )
    assert aged == [
        (HARBOR, "1 to 30 days", dollars(5_000), 1),
        ("deal:exports:D2", "61 to 90 days", dollars(4_000), 1),
        ("deal:exports:D2", "disputed", dollars(1_000), 1),
    ]


@pytest.mark.parametrize(
    ("day", "ages"),
    [
        (date(2026, 2, 15), {"not due"}),
        (date(2026, 2, 16), {"1 to 30 days"}),
        (date(2026, 3, 18), {"31 to 60 days", "disputed"}),
        (date(2026, 5, 17), {"over 90 days", "disputed"}),
    ],
)
def test_an_invoice_is_overdue_from_the_day_after_its_due_date(after: Warehouse, day: date, ages: set[str]) -> None:
    sql = "select age from semantic.receivables_ageing(?) where engagement_id = 'deal:exports:D2'"
    assert {age for (age,) in asked(after, sql, day)} == ages


AGEING_TIES = {
    "wip_ageing": ("planned_to_billed", "'approved_not_billed'"),
    "receivables_ageing": ("billed_to_collected", "'not_due', 'overdue', 'disputed'"),
}


@pytest.mark.parametrize("macro", AGEING_TIES)
def test_ages_add_up_to_the_bridge_on_any_day(after: Warehouse, macro: str) -> None:
    bridge, drivers = AGEING_TIES[macro]
    differing = set()
    for day in (FIRST_DAY + timedelta(days=days) for days in range(0, DAYS, 3)):
        aged = asked(
            after, f"select engagement_id, sum(amount) from semantic.{macro}(?) group by all order by all", day
        )
        stands = asked(
            after,
            f"""
            select engagement_id, -sum(amount) from semantic.bridge_by_engagement('{bridge}', ?)
            where driver in ({drivers}) group by all having sum(amount) <> 0 order by all
            """,
            day,
        )
        assert aged == stands, day
        differing.add(tuple(aged))
    assert len(differing) > 5, "the firm must change for this to prove anything"
