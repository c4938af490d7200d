"""The metrics of the sample firm: which there are, what the catalogue says of them, and how they hang together."""

import re
from datetime import date
from typing import Any

import pytest

from tests.warehouse.known_metrics import INPUTS, METRICS
from warehouse.connect import Warehouse
from warehouse.semantics import definitions_of, query

SHARED = """client parent_client legal_entity practice contract_type project_manager project_status deal_owner
    revenue_type""".split()

# Money that is no amount of an engagement: the warehouse's own queue, the ledgers' totals, a price, a deal's average.
NOT_BY_ENGAGEMENT = {
    "open_exception_amount",
    "reconciliation_backlog_amount",
    "deferred_amount",
    "average_deal_amount",
    "effective_bill_rate",
}

CATALOG_COLUMNS = """metric label description kind system_of_record time owner unit direction where_to_fix
    definition_version fingerprint approved_by approved_on is_available lacks sql""".split()

# Without these a value is what it is: there was no change, no credit, no expense, no rate to convert at.
OPTIONAL = set(
    """fx_rates crm_deal_history crm_deal_lines accounting_credit_allocations accounting_customers
    accounting_cost_postings accounting_rate_cards psa_expenses psa_milestones psa_project_history psa_projects
    psa_resources sync_events""".split()
)
# What a need that is no table asks for (marts/dim_availability.sql).
STANDS_FOR = {
    "whole_budgets": ("psa_budget_versions", "psa_budget_lines"),
    "recorded_work": ("psa_time_entries", "psa_expenses", "psa_milestones"),
}
# Made of one bridge's items; the other bridges' are in the same table, and lineage follows tables.
OF_VARIANCE_ITEMS = set(
    """invoiceable_amount wip_amount unapproved_amount written_off_amount revenue_leakage_amount revenue_leakage_rate
    recognized_minus_billed collected_minus_billed""".split()
)

LAST = date(2026, 8, 31)

Key = tuple[Any, ...]


def values(sample: Warehouse, metric: str, **asked: Any) -> dict[Key, Any]:
    """A query's rows: group -> value, without groups where nothing is."""
    nothing = (None,) if definitions_of(sample).metrics[metric].aggregate == "median" else (None, 0)
    rows = query(sample, [metric], **{"end": LAST, **asked}).to_pylist()
    return {tuple(row.values())[:-1]: row[metric] for row in rows if row[metric] not in nothing}


def test_these_are_the_metrics(sample: Warehouse) -> None:
    definitions = definitions_of(sample)
    assert sorted(definitions.metrics) == sorted(METRICS)
    assert sorted(set(definitions.all) - set(definitions.metrics)) == sorted(INPUTS)


def test_the_catalogue_holds_every_metric_with_the_agreed_columns(sample: Warehouse) -> None:
    catalog = sample.query("select * from semantic.metric_catalog")
    assert catalog.column_names == CATALOG_COLUMNS
    rows = catalog.to_pylist()
    assert sorted(row["metric"] for row in rows) == sorted(METRICS)
    needed = [name for name in CATALOG_COLUMNS if name not in ("lacks", "approved_by", "approved_on")]
    assert [row["metric"] for row in rows if any(row[name] is None for name in needed)] == []
    assert {row["kind"] for row in rows} == {"fact", "ratio", "comparison"}
    assert {row["time"] for row in rows} == {"flow", "balance", "rate"}
    assert {row["direction"] for row in rows} == {"up", "down", "neutral"}


def test_what_needs_two_systems_is_a_comparison_and_nothing_else_is(sample: Warehouse) -> None:
    shared = sample.query("select kind, system_of_record from semantic.metric_catalog").to_pylist()
    assert all((row["kind"] == "comparison") == (row["system_of_record"] == "shared") for row in shared)


def test_everything_is_available_in_the_sample(sample: Warehouse) -> None:
    assert sample.query("select metric, lacks from semantic.metric_catalog where not is_available").to_pylist() == []


def test_no_metric_can_be_told_without_the_tables_that_its_value_comes_from(sample: Warehouse) -> None:
    """But for tables that only add to what is known without them. A count comes from no column, and has no lineage."""
    definitions = definitions_of(sample)
    for name, sql in sample.rows("select metric, sql from semantic.metric_catalog")[1]:
        sources = set(re.findall(r"canonical\.(\w+)", sql))
        needs = set(definitions.metrics[name].needs)
        known = needs | OPTIONAL | {table for need in needs for table in STANDS_FOR.get(need, ())}
        if name in OF_VARIANCE_ITEMS:
            known |= {"crm_deals", "accounting_payments", "accounting_revenue_postings"}
        assert sources <= known, (name, sources - known)
        assert not sources or needs & (sources | set(STANDS_FOR)), (name, needs)


@pytest.mark.parametrize("metric", METRICS)
def test_a_view_has_its_date_its_dimensions_and_its_value(metric: str, sample: Warehouse) -> None:
    defined = definitions_of(sample).metrics[metric]
    sides = ["numerator", "denominator"] if defined.aggregate == "ratio" else []
    columns = sample.query(f"select * from semantic.{metric} limit 0").column_names
    assert columns == ["metric_date", *defined.dimension_names, *sides, metric]
    if defined.meta["unit"] == "money" and metric not in NOT_BY_ENGAGEMENT:
        assert set(SHARED) <= set(columns)


def test_no_view_names_a_catalogue_or_reads_what_is_not_published(sample: Warehouse) -> None:
    rows = sample.query("select view_name, sql from duckdb_views() where schema_name = 'semantic'").to_pylist()
    assert len(rows) == len(METRICS) + 1
    for row in rows:
        read = {name for name in ("staging.", "intermediate.", "raw.", "warehouse.") if name in row["sql"].lower()}
        assert read == set(), row["view_name"]


def test_no_metric_and_no_column_is_called_just_revenue(sample: Warehouse) -> None:
    called = "select schema_name, table_name from duckdb_columns() where column_name = 'revenue'"
    assert sample.query(called).to_pylist() == []
    assert "revenue" not in definitions_of(sample).all


def test_the_bridges_add_up_to_the_differences_of_the_metrics(sample: Warehouse) -> None:
    bridges = {
        "planned_minus_sold": "sold_to_planned",
        "billed_minus_planned": "planned_to_billed",
        "recognized_minus_billed": "billed_to_recognized",
        "collected_minus_billed": "billed_to_collected",
    }
    for metric, bridge in bridges.items():
        for day in (date(2025, 3, 14), date(2026, 1, 31), LAST):
            steps = sample.query("select sum(amount) as amount from semantic.bridge($b, $d)", {"b": bridge, "d": day})
            assert values(sample, metric, end=day)[()] == steps.to_pylist()[0]["amount"], (metric, day)


def test_backlog_opens_adds_sold_takes_recognised_and_closes(sample: Warehouse) -> None:
    start, end = date(2026, 4, 1), date(2026, 6, 30)
    opening = values(sample, "backlog_amount", end=date(2026, 3, 31))[()]
    sold = values(sample, "sold_revenue", start=start, end=end)[()]
    recognised = values(sample, "recognized_revenue", start=start, end=end)[()]
    assert opening + sold - recognised == values(sample, "backlog_amount", end=end)[()]


def test_revenue_monthly_adds_up_to_the_five_metrics(sample: Warehouse) -> None:
    five = ["sold_revenue", "planned_revenue", "billed_revenue", "recognized_revenue", "collected_cash"]
    sums = ", ".join(f"sum({name}) as {name}" for name in five)
    monthly = sample.query(f"select {sums} from semantic.revenue_monthly").to_pylist()[0]
    assert monthly == query(sample, five, end=date(2059, 12, 31)).to_pylist()[0]
    grain = "select count(*) as n, count(distinct (engagement_id, month)) as d from semantic.revenue_monthly"
    row = sample.query(grain).to_pylist()[0]
    assert row["n"] == row["d"] > 0
