"""The warehouse says what the oracle says: to the cent, of every engagement, driver and metric, at every change date.

One build holds all the made-up firms; TIEOUT_ORACLE_SEEDS says how many (50 unless told; 300 is the deep run).
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from oracle.built_home import built
from oracle.case import Case
from oracle.classes import classified, read_drivers, remember
from oracle.compare import membership_differences
from oracle.evaluate import Answer, changes, evaluate
from oracle.hand_cases import hand_cases, hand_home
from oracle.random_firm import ZONE, random_firm, together, withdraw
from oracle.records import Firm

SEEDS = int(os.environ.get("TIEOUT_ORACLE_SEEDS", "50"))
BRIDGES = ("sold_to_planned", "planned_to_billed", "billed_to_recognized", "billed_to_collected")
REVENUES = ("sold_revenue", "planned_revenue", "billed_revenue", "recognized_revenue", "collected_cash")
SEED_FILE = Path(__file__).parents[2] / "dbt_project" / "seeds" / "variance_drivers.csv"
Made = tuple[Firm, duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """All made-up firms, loaded twice: the second load lacks what was withdrawn on 20 April."""
    tables, settings = together([random_firm(seed, f"S{seed}") for seed in range(SEEDS)])
    withdrawn_at = datetime(2026, 4, 20, 12, tzinfo=ZONE)
    left = withdraw(tables, 7, withdrawn_at)
    firm = Firm(left, settings)
    before = withdrawn_at - timedelta(days=1)
    connection = built(tmp_path_factory.mktemp("made_up"), settings, (tables, before), (left, withdrawn_at))
    yield firm, connection
    connection.close()


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The firms that were worked out by hand."""
    tables, settings = hand_home()
    connection = built(tmp_path_factory.mktemp("worked"), settings, (tables, None))
    yield Firm(tables, settings), connection
    connection.close()


class Warehouse:
    """The warehouse's items and revenues by engagement, read once, summed here for any day."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.items: dict[str, list[tuple[str, str, Decimal, date, date]]] = defaultdict(list)
        for engagement, *item in connection.execute(
            "select engagement_id, bridge, driver, amount, effective_from, coalesce(effective_to, date '9999-12-31')"
            " from marts.fct_variance_items"
        ).fetchall():
            self.items[engagement].append(tuple(item))
        self.revenues: dict[str, list[tuple[date, tuple[Decimal, ...]]]] = defaultdict(list)
        for engagement, day, *amounts in connection.execute(
            f"select engagement_id, day, {', '.join(REVENUES)} from marts.fct_revenue_deltas"
        ).fetchall():
            self.revenues[engagement].append((day, tuple(amounts)))

    def nets(self, engagement: str, day: date) -> dict[tuple[str, str], Decimal]:
        found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for bridge, driver, amount, since, until in self.items.get(engagement, ()):
            if since <= day < until:
                found[bridge, driver] += amount
        return {key: amount for key, amount in found.items() if amount}

    def revenue(self, engagement: str, day: date) -> dict[str, Decimal]:
        rows = [amounts for since, amounts in self.revenues.get(engagement, ()) if since <= day]
        return {name: sum((row[n] for row in rows), Decimal(0)) for n, name in enumerate(REVENUES)}


def disagreements(warehouse: Warehouse, answer: Answer) -> list[str]:
    """One sentence per net or revenue of a day that differs."""
    found = []
    for engagement, bridges in answer.drivers.items():
        ours = {(b, d): amount for b, drivers in bridges.items() for d, amount in drivers.items() if amount}
        theirs = warehouse.nets(engagement, answer.day)
        for key in sorted(ours.keys() | theirs.keys()):
            if ours.get(key, 0) != theirs.get(key, 0):
                found.append(f"{answer.day} {engagement} {key}: oracle {ours.get(key)}, warehouse {theirs.get(key)}")
        for name, amount in warehouse.revenue(engagement, answer.day).items():
            if amount != answer.metrics[engagement][name]:
                told = f"oracle {answer.metrics[engagement][name]}, warehouse {amount}"
                found.append(f"{answer.day} {engagement} {name}: {told}")
    return found


def test_every_driver_and_revenue_of_made_up_firms_is_the_oracles_at_every_change_date(made_up: Made) -> None:
    firm, connection = made_up
    warehouse = Warehouse(connection)
    days = changes(firm)
    found, nets = [], 0
    for day in days:
        answer = evaluate(firm, day)
        remember(firm, answer)
        nets += sum(len(drivers) for bridges in answer.drivers.values() for drivers in bridges.values())
        found += disagreements(warehouse, answer)
    print(f"{SEEDS} firms, {len(days)} days, {nets} nets compared")
    assert nets > 1000 * SEEDS
    assert not found, f"{len(found)} differ:\n" + "\n".join(found[:20])


def test_every_class_of_made_up_firms_is_the_oracles(made_up: Made) -> None:
    firm, connection = made_up
    drivers = read_drivers(SEED_FILE)
    days = changes(firm)
    for day in days[:: max(1, len(days) // 8)]:
        ours: dict[tuple[str, str, str, str], Decimal] = defaultdict(Decimal)
        for net in classified(firm, day, drivers):
            ours[net.engagement, net.bridge, net.driver, net.net_class] += net.amount
        theirs = {
            (engagement, bridge, driver, its_class): amount
            for bridge in BRIDGES
            for engagement, driver, its_class, amount in connection.execute(
                "select engagement_id, driver, class, amount from semantic.bridge_by_engagement(?, ?)", [bridge, day]
            ).fetchall()
            if amount
        }
        assert {key: amount for key, amount in ours.items() if amount} == theirs, day
        of_the_firm: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for (_, bridge, driver, its_class), amount in ours.items():
            of_the_firm[bridge, driver, its_class] += amount
        assert {key: amount for key, amount in of_the_firm.items() if amount} == {
            (bridge, driver, its_class): amount
            for bridge in BRIDGES
            for driver, its_class, amount in connection.execute(
                "select driver, class, amount from semantic.bridge(?, ?)", [bridge, day]
            ).fetchall()
            if amount
        }, day


def test_every_deal_and_project_is_in_the_oracles_engagement(made_up: Made) -> None:
    firm, connection = made_up
    assert membership_differences(connection, firm) == []


def test_bridges_and_ends_of_the_macros_are_the_sums_of_items_and_deltas(made_up: Made) -> None:
    firm, connection = made_up
    days = changes(firm)
    for day in days[:: max(1, len(days) // 12)]:
        for bridge in BRIDGES:
            by_items = connection.execute(
                "select driver, sum(amount) from marts.fct_variance_items as i where i.bridge = $b"
                " and i.effective_from <= $d and coalesce(i.effective_to, date '9999-12-31') > $d"
                " group by driver having sum(amount) <> 0",
                {"b": bridge, "d": day},
            ).fetchall()
            by_macro = connection.execute(
                "select driver, sum(amount) from semantic.bridge($b, $d) group by driver having sum(amount) <> 0",
                {"b": bridge, "d": day},
            ).fetchall()
            assert sorted(by_macro) == sorted(by_items), (bridge, day)
            start, end = connection.execute(
                "select coalesce(sum(start_amount), 0), coalesce(sum(end_amount), 0) from semantic.bridge_ends($b, $d)",
                {"b": bridge, "d": day},
            ).fetchall()[0]
            assert sum((amount for _, amount in by_macro), Decimal(0)) == end - start, (bridge, day)


@pytest.mark.parametrize("case", hand_cases(), ids=lambda case: f"{case.code} {case.shows}")
def test_a_case_worked_by_hand_comes_out_of_the_warehouse(case: Case, worked: Made) -> None:
    _, connection = worked
    warehouse = Warehouse(connection)
    for expected in case.expected:
        nets = warehouse.nets(expected.engagement, expected.day)
        got = {driver: amount for (bridge, driver), amount in nets.items() if bridge == expected.bridge}
        assert got == {driver: amount for driver, amount in expected.drivers.items() if amount}, expected.day
