"""`tieout explain` shows a bridge that adds up, to the record."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from warehouse.connect import Warehouse
from warehouse.errors import BuildError, SettingsError
from warehouse.explain import explain, records

MARCH = date(2026, 3, 31)


def amounts(
    reader: Warehouse, bridge: str, engagement: str | None = None, start: date | None = None, as_of: date = MARCH
) -> list[tuple[str, Decimal]]:
    """(metric or driver, amount) of each step."""
    names, rows = explain(reader, bridge, engagement=engagement, as_of=as_of, start=start)
    assert names == ["step", "driver", "label", "class", "amount", "item_count", "sentence"]
    return [(row[1], row[4]) for row in rows]


@pytest.mark.parametrize("engagement", [None, "deal:exports:D1", "D1"])
def test_start_plus_drivers_make_the_end(reader: Warehouse, engagement: str | None) -> None:
    assert amounts(reader, "planned_to_billed", engagement) == [
        ("planned_revenue", Decimal("85000.00")),
        ("not_due_yet", Decimal("-15000.00")),
        ("approved_not_billed", Decimal("-10000.00")),
        ("billed_revenue", Decimal("60000.00")),
    ]


@pytest.mark.parametrize("engagement", [None, "deal:exports:D1"])
def test_a_movement_includes_both_days(reader: Warehouse, engagement: str | None) -> None:
    # As of 31 January: planned 100,000, billed 25,000, not due −75,000. As of 1 February: 85,000, 60,000, −15,000.
    moved = amounts(reader, "planned_to_billed", engagement, start=date(2026, 2, 1), as_of=date(2026, 2, 1))
    assert moved == [
        ("planned_revenue", Decimal("-15000.00")),
        ("not_due_yet", Decimal("60000.00")),
        ("approved_not_billed", Decimal("-10000.00")),
        ("billed_revenue", Decimal("35000.00")),
    ]


def test_each_step_says_what_it_is(reader: Warehouse) -> None:
    _, rows = explain(reader, "sold_to_planned", engagement=None, as_of=None, start=None)
    assert [row[:4] for row in rows] == [
        ("start", "sold_revenue", "Sold", None),
        ("driver", "scope_reduced", "Scope reduced", "expected"),
        ("end", "planned_revenue", "Planned", None),
    ]
    assert rows[1][5:] == (1, "Delivery shrank, the CRM keeps it.")


def test_the_records_behind_it_stand_on_that_day(reader: Warehouse) -> None:
    names, rows = records(reader, "planned_to_billed", engagement="D1", as_of=date(2026, 1, 31), start=None)
    found = [dict(zip(names, row, strict=True)) for row in rows]
    assert [(row["source_object"], row["source_id"], row["amount"]) for row in found] == [
        ("budget_line", "L1", Decimal("-75000.00"))
    ]


def test_the_records_behind_a_movement_add_up_to_it(reader: Warehouse) -> None:
    names, rows = records(reader, "planned_to_billed", engagement=None, as_of=MARCH, start=date(2026, 2, 1))
    # +75,000 no longer not due, −15,000 still not due, −10,000 waiting: +50,000.
    assert sum(row[names.index("amount")] for row in rows) == Decimal("50000.00")


def test_before_anything_happened_a_bridge_is_empty_and_ties(reader: Warehouse) -> None:
    assert amounts(reader, "sold_to_planned", as_of=date(2020, 1, 1)) == [
        ("sold_revenue", Decimal(0)),
        ("planned_revenue", Decimal(0)),
    ]


def test_a_bridge_without_its_metric_is_not_available_rather_than_zero(reader: Warehouse) -> None:
    with pytest.raises(SettingsError, match=r"not available: no loaded system tells .* recognized_revenue"):
        explain(reader, "billed_to_recognized", engagement=None, as_of=MARCH, start=None)


def test_an_unknown_engagement_is_refused_by_name(reader: Warehouse) -> None:
    with pytest.raises(SettingsError, match="no engagement, deal or project 'D9'"):
        explain(reader, "sold_to_planned", engagement="D9", as_of=MARCH, start=None)
    with pytest.raises(SettingsError, match="lies after"):
        explain(reader, "sold_to_planned", engagement=None, as_of=MARCH, start=date(2026, 4, 1))


def test_a_bridge_that_does_not_tie_is_never_shown(reader: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> None:
    broken = tmp_path_factory.mktemp("broken") / "warehouse.duckdb"
    broken.write_bytes(reader.file.read_bytes())
    with duckdb.connect(str(broken)) as connection:
        connection.execute("delete from marts.fct_variance_items where driver = 'approved_not_billed'")
    with pytest.raises(BuildError, match="does not tie"):
        explain(Warehouse(broken), "planned_to_billed", engagement=None, as_of=MARCH, start=None)
