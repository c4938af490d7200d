"""The metrics of the sample firm: which there are, that three ways of asking agree, and that parts add up to wholes."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
import yaml

from warehouse.connect import Warehouse
from warehouse.project import DBT_PROJECT
from warehouse.semantics import compile_sql, definitions_of, query

METRICS = """
    sold_revenue original_sold_revenue signed_change_orders_amount pipeline_amount weighted_pipeline_amount
    won_deal_count decided_deal_count win_rate average_deal_amount sales_cycle_days
    planned_revenue planned_hours worked_hours billable_hours worked_amount capacity_hours assigned_hours
    billable_utilization_rate scheduled_utilization_rate utilization_forecast_error delivery_cost_amount
    remaining_hours estimate_at_completion_hours forecast_overrun_hours
    billed_revenue credited_amount advance_billed_amount recognized_revenue deferred_amount collected_cash
    receivables_amount overdue_receivables_amount disputed_receivables_amount bad_debt_amount dso_days
    invoice_rejection_rate invoice_to_cash_days subcontractor_cost_amount
    planned_minus_sold billed_minus_planned recognized_minus_billed collected_minus_billed backlog_amount
    unbilled_backlog_amount book_to_bill_ratio wip_amount unapproved_amount written_off_amount invoiceable_amount
    billing_realization_rate collection_rate effective_bill_rate project_margin_amount project_margin_rate
    billed_margin_amount planned_margin_rate revenue_leakage_amount revenue_leakage_rate unstaffed_sold_hours
    revenue_forecast_amount revenue_forecast_error project_setup_days approval_to_invoice_days billing_cycle_days
    payment_visibility_days duplicate_client_rate duplicate_record_count open_exception_count open_exception_amount
    exception_age_days exception_resolution_days ownership_breach_count reconciliation_backlog_amount
    sync_event_count sync_failure_rate sync_latency_minutes sync_sla_attainment_rate
    tickets_opened_count open_ticket_count ticket_resolution_hours
""".split()

# Those that MetricFlow needs as inputs of a ratio or a difference; they have no view and no row in the catalogue.
INPUTS = """
    won_deal_amount believed_assigned_hours believed_less_worked_hours planned_cost_amount costed_planned_amount
    planned_margin_amount billed_time_amount billed_gross_amount receivables_times_90_amount
    billed_gross_of_90_days_amount rejected_invoice_count sent_invoice_count standard_work_amount
    worked_to_date_amount duplicate_client_count client_count failed_sync_event_count finished_sync_event_count
    in_time_sync_event_count measured_sync_event_count
""".split()

YAML = [yaml.safe_load(file.read_text()) for file in sorted((DBT_PROJECT / "models" / "semantic").glob("*.yml"))]
TYPES = {metric["name"]: metric["type"] for told in YAML for metric in told.get("metrics", [])}
MEDIANS = """sales_cycle_days invoice_to_cash_days project_setup_days approval_to_invoice_days billing_cycle_days
    payment_visibility_days exception_age_days exception_resolution_days sync_latency_minutes
    ticket_resolution_hours""".split()
RATIOS = [name for name in METRICS if TYPES[name] == "ratio"]
SUMS = [name for name in METRICS if name not in RATIOS and name not in MEDIANS]

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

FIRST, LAST = date(2024, 6, 1), date(2026, 8, 31)

Key = tuple[Any, ...]


@pytest.fixture(scope="module")
def connection(sample: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file on a connection that takes anything, for SQL of MetricFlow's and of our own."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{sample.file}' as firm (read_only)")
        connection.execute("use firm")
        yield connection


def values(sample: Warehouse, metric: str, **asked: Any) -> dict[Key, Any]:
    """A query's rows: group -> value, without groups where nothing is."""
    nothing = (None,) if definitions_of(sample).metrics[metric].aggregate == "median" else (None, 0)
    rows = query(sample, [metric], **{"end": LAST, **asked}).to_pylist()
    return {tuple(row.values())[:-1]: row[metric] for row in rows if row[metric] not in nothing}


def close_enough(one: dict[Key, Any], other: dict[Key, Any]) -> bool:
    """Whether the same groups have the same values: money to the cent, what is divided to nine digits."""
    return one.keys() == other.keys() and all(
        one[key] == other[key]
        if isinstance(one[key], Decimal | int) and isinstance(other[key], Decimal | int)
        else float(one[key]) == pytest.approx(float(other[key]), rel=1e-9)
        for key in one
    )


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


@pytest.fixture(scope="module")
def compiled(sample: Warehouse) -> dict[tuple[str, str], str]:
    """MetricFlow's own SQL of every metric: by month, and by one dimension each, so that every kind has its turn.

    Months are bounded, for a balance is joined to every day of the calendar.
    """
    manifest = json.loads(sample.semantic_manifest.read_text())
    metrics = definitions_of(sample).metrics
    months = [(name, ["metric_time__month"]) for name in metrics]
    groups = [(name, [group_by]) for name, group_by in dimensions_in_turn(sample).items()]
    written = [*compile_sql(manifest, months, FIRST, LAST), *compile_sql(manifest, groups)]
    return {(name, by[0]): sql for (name, by), sql in zip([*months, *groups], written, strict=True)}


def dimensions_in_turn(sample: Warehouse) -> dict[str, str]:
    """For each metric one dimension, by MetricFlow's name for it, that all its inputs know by that name.

    Balances are left out: MetricFlow gives them by day only.
    """
    definitions = definitions_of(sample)
    chosen = {}
    for turn, (name, metric) in enumerate(definitions.metrics.items()):
        leaves = definitions.leaves(metric)
        known = [d for d in metric.dimensions if not d.is_day and all(d in leaf.dimensions for leaf in leaves)]
        if known and not any(leaf.type == "cumulative" for leaf in leaves):
            chosen[name] = known[turn % len(known)].group_by
    return chosen


def told(connection: duckdb.DuckDBPyConnection, sql: str, aggregate: str) -> dict[Key, Any]:
    """The rows of MetricFlow's SQL: group -> value. Days are dates; a group without a name is called so.

    Where one side of a ratio has no rows, MetricFlow says nothing and we say 0: neither counts here.
    """
    nothing = (None,) if aggregate == "median" else (None, 0)
    rows = connection.execute(sql).fetchall()
    named = ((row[0].date() if isinstance(row[0], datetime) else row[0], row[1]) for row in rows)
    return {("(none)" if group is None else group,): value for group, value in named if value not in nothing}


@pytest.mark.parametrize("metric", [name for name in METRICS if name != "exception_age_days"])  # one day's only
def test_metricflow_and_the_view_agree_month_by_month(
    metric: str, sample: Warehouse, compiled: dict[tuple[str, str], str], connection: duckdb.DuckDBPyConnection
) -> None:
    """MetricFlow's own query of the metric, balances accumulated by it, against the sums of the view's rows."""
    defined = definitions_of(sample).metrics[metric]
    theirs = told(connection, compiled[metric, "metric_time__month"], defined.aggregate)
    ours = values(sample, metric, start=FIRST, grain="month")
    assert theirs or not any(ours.values()), "only where every month's value is 0 has MetricFlow nothing to tell"
    assert close_enough(theirs, {key: ours[key] for key in theirs} if defined.is_balance else ours)


def test_metricflow_and_the_view_agree_by_a_dimension(
    sample: Warehouse, compiled: dict[tuple[str, str], str], connection: duckdb.DuckDBPyConnection
) -> None:
    chosen = dimensions_in_turn(sample)
    assert len(chosen) > 45
    for metric, group_by in chosen.items():
        defined = definitions_of(sample).metrics[metric]
        theirs = told(connection, compiled[metric, group_by], defined.aggregate)
        name = next(d.name for d in defined.dimensions if d.group_by == group_by)
        assert theirs
        assert close_enough(theirs, values(sample, metric, by=[name], end=date(2059, 12, 31))), (metric, name)


@pytest.mark.parametrize("metric", SUMS)
def test_the_parts_of_a_metric_add_up_to_the_whole(metric: str, sample: Warehouse) -> None:
    """By every dimension: what adds up does, and no row is lost for want of a name."""
    defined = definitions_of(sample).metrics[metric]
    assert defined.aggregate == "sum"
    for day in (date(2025, 12, 31), LAST):
        whole = sum(values(sample, metric, end=day).values())
        for dimension in defined.dimension_names:
            assert sum(values(sample, metric, by=[dimension], end=day).values()) == whole, dimension


@pytest.mark.parametrize("metric", RATIOS)
def test_a_share_of_a_group_is_the_ratio_of_its_sums(metric: str, sample: Warehouse) -> None:
    defined = definitions_of(sample).metrics[metric]
    assert defined.aggregate == "ratio"
    rows = sample.query(
        f"select sum(numerator) as n, sum(denominator) as d from semantic.{metric} where metric_date <= $end",
        {"end": LAST},
    ).to_pylist()
    expected = float(rows[0]["n"]) / float(rows[0]["d"])
    assert values(sample, metric).get((), 0) == pytest.approx(expected, rel=1e-12)  # a share of 0 is no row


def test_a_balance_of_a_month_is_the_balance_of_its_last_day(sample: Warehouse) -> None:
    for metric in ("wip_amount", "receivables_amount", "backlog_amount", "open_exception_count"):
        by_month = values(sample, metric, grain="month")
        for (month,), value in by_month.items():
            last = min((month + timedelta(days=31)).replace(day=1) - timedelta(days=1), LAST)
            assert values(sample, metric, end=last)[()] == value, (metric, month)


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
