"""What goes wrong in other semantic layers does not go wrong here: on the sample firm and on the ten made-up ones.

Fan-out, chasm, ratios, empty denominators, missing sides, parts of periods, empty dimensions, balances. A firm whose
other systems are not loaded at all is in test_missing_systems.py; the same questions of a firm small enough to add up
in one's head are in test_metric_queries.py.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.warehouse.known_metrics import MEDIANS, METRICS
from warehouse.connect import Warehouse
from warehouse.semantics import definitions_of, query

Rows = dict[tuple[Any, ...], Any]

# Facts of all systems that share the engagement's dimensions.
FACTS = """sold_revenue planned_revenue worked_hours worked_amount delivery_cost_amount billed_revenue
    recognized_revenue collected_cash receivables_amount wip_amount backlog_amount""".split()


def values(warehouse: Warehouse, metric: str, **asked: Any) -> Rows:
    """Group -> value, without groups where nothing is."""
    rows = query(warehouse, [metric], **asked).to_pylist()
    return {tuple(row.values())[:-1]: row[metric] for row in rows if row[metric] not in (None, 0)}


def last(warehouse: Warehouse) -> date:
    return date.fromisoformat(warehouse.manifest["business_day"])


# ---- fan-out: one side of a join has several rows for one of the other


def test_a_deal_of_three_lines_and_many_time_entries_counts_once(sample: Warehouse) -> None:
    """Of the deals that are an engagement of their own: sold in 3 lines, worked in 8 entries or more. Joined to the
    entries, 3 lines would count 8 times: 24 rows instead of 3.
    """
    [deal] = sample.query("""
        with lines as (
            select deal_id, count(*) as lines, sum(amount) as amount from canonical.crm_deal_lines group by deal_id
        ),
        entries as (
            select p.crm_deal_id as deal_id, count(*) as entries, sum(e.hours) as hours
            from canonical.psa_time_entries as e inner join canonical.psa_projects as p on p.project_id = e.project_id
            where e.status <> 'rejected' and e.deleted_at is null group by p.crm_deal_id
        )
        select 'deal:' || deal_id as engagement_id, l.lines, l.amount, e.entries, e.hours
        from lines as l inner join entries as e using (deal_id) inner join canonical.crm_deals as d using (deal_id)
        where l.lines = 3 and e.entries >= 8 and d.currency = 'USD' and d.amount = l.amount and (
            select count(*) from marts.engagement_members as m where m.engagement_id = 'deal:' || d.deal_id
        ) = 2
        order by e.entries desc limit 1
    """).to_pylist()
    asked = ["sold_revenue", "worked_hours", "billed_revenue"]
    [row] = query(sample, asked, where=[f"engagement_id = '{deal['engagement_id']}'"]).to_pylist()
    assert (row["sold_revenue"], row["worked_hours"]) == (deal["amount"], deal["hours"])
    assert deal["lines"] * deal["entries"] >= 24
    assert row["billed_revenue"] != 0


@pytest.mark.parametrize("dimension", ["client", "practice", "project_manager"])
def test_facts_side_by_side_are_what_each_is_alone(dimension: str, published: Warehouse) -> None:
    """Eleven facts in one query by month: none multiplies another, whatever their number of rows."""
    together = query(published, FACTS, by=[dimension], grain="month").to_pylist()
    for fact in FACTS:
        alone = values(published, fact, by=[dimension], grain="month")
        beside = {(row["metric_date"], row[dimension]): row[fact] for row in together if row[fact]}
        assert beside == alone, fact


# ---- chasm: two facts that share nothing but a dimension


def test_what_was_sold_and_what_was_billed_do_not_multiply_each_other(published: Warehouse) -> None:
    """A client with m sold and n billed rows: joined by client, each sum would be n or m times too large."""
    naive = published.query("""
        select s.client, sum(s.sold_revenue) as sold_revenue, sum(b.billed_revenue) as billed_revenue
        from semantic.sold_revenue as s inner join semantic.billed_revenue as b on b.client = s.client
        where s.metric_date <= $last and b.metric_date <= $last group by s.client
    """, {"last": last(published)}).to_pylist()  # fmt: skip
    together = query(published, ["sold_revenue", "billed_revenue"], by=["client"]).to_pylist()
    for fact in ("sold_revenue", "billed_revenue"):
        told = {(row["client"],): row[fact] for row in together if row[fact]}
        assert told == values(published, fact, by=["client"])
        assert any(row[fact] != told.get((row["client"],), 0) for row in naive), "the trap is real"


# ---- ratios: of sums, and of nothing


RATIOS = """win_rate average_deal_amount billable_utilization_rate scheduled_utilization_rate utilization_forecast_error
    dso_days invoice_rejection_rate book_to_bill_ratio billing_realization_rate collection_rate effective_bill_rate
    project_margin_rate planned_margin_rate revenue_leakage_rate duplicate_client_rate sync_failure_rate
    sync_sla_attainment_rate""".split()


def test_the_ratios_and_the_medians_and_the_sums_are_all_there_is(sample: Warehouse) -> None:
    kinds = {name: metric.aggregate for name, metric in definitions_of(sample).metrics.items()}
    assert sorted(name for name, kind in kinds.items() if kind == "ratio") == sorted(RATIOS)
    assert sorted(name for name, kind in kinds.items() if kind == "median") == sorted(MEDIANS)
    assert {kind for name, kind in kinds.items() if name not in (*RATIOS, *MEDIANS)} == {"sum"}


@pytest.mark.parametrize("name", RATIOS)
def test_a_ratio_of_any_group_is_the_ratio_of_its_sums_and_of_nothing_it_is_no_value(
    name: str, published: Warehouse
) -> None:
    """By some dimensions: sum of numerators / sum of denominators; without a denominator no value, and never 0."""
    metric = definitions_of(published).metrics[name]
    for dimension in ("", *metric.dimension_names[:1], *metric.dimension_names[-1:]):
        by, column = ([dimension], f"v.{dimension}") if dimension else ([], "null")
        sums = published.rows(
            f"select {column}, sum(v.numerator), sum(v.denominator) from semantic.{name} as v "
            "where v.metric_date <= $last group by all", {"last": last(published)},
        )[1]  # fmt: skip
        told = {row.get(dimension): row[name] for row in query(published, [name], by=by).to_pylist()}
        for group, numerator, denominator in sums:
            expected = float(numerator) / float(denominator) if denominator else None
            assert told[group] == (None if expected is None else pytest.approx(expected, rel=1e-12)), (dimension, group)


def test_a_share_is_no_average_of_shares(published: Warehouse) -> None:
    """Two people, 40 and 16 hours a week, billable 20 and 12: 32 / 56 = 57 %, not (50 % + 75 %) / 2 = 62.5 %.
    The firms' people are as unequal.
    """
    by_person = values(published, "billable_utilization_rate", by=["resource_id"])
    [whole] = values(published, "billable_utilization_rate").values()
    assert whole != pytest.approx(sum(by_person.values()) / len(by_person), rel=1e-3)
    hours = values(published, "billable_hours", by=["resource_id"])
    capacity = values(published, "capacity_hours", by=["resource_id"])
    assert whole == pytest.approx(float(sum(hours.values())) / float(sum(capacity.values())), rel=1e-12)


def test_somebody_without_capacity_has_no_utilisation_rather_than_0_or_an_error(ten_firms: Warehouse) -> None:
    idle = ten_firms.query("""
        select resource_id from canonical.psa_resources where weekly_capacity_hours = 0 and resource_id in (
            select resource_id from canonical.psa_time_entries
            where is_billable and status <> 'rejected' and deleted_at is null and work_date <= $last
        )
    """, {"last": last(ten_firms)}).to_pylist()  # fmt: skip
    assert idle
    for row in idle:
        asked = ["billable_hours", "capacity_hours", "billable_utilization_rate"]
        [told] = query(ten_firms, asked, where=[f"resource_id = '{row['resource_id']}'"]).to_pylist()
        assert told["billable_hours"] > 0
        assert (told["capacity_hours"], told["billable_utilization_rate"]) == (0, None)


# ---- a missing side: 0 where its system is loaded


def test_a_client_that_was_sold_to_and_never_billed_has_0_billed_and_all_of_it_in_the_backlog(
    published: Warehouse,
) -> None:
    asked = ["sold_revenue", "billed_revenue", "unbilled_backlog_amount"]
    rows = query(published, asked, by=["engagement_id"]).to_pylist()
    unbilled = [row for row in rows if row["sold_revenue"] and not row["billed_revenue"]]
    unsold = [row for row in rows if row["billed_revenue"] and not row["sold_revenue"]]
    assert unbilled and unsold
    assert all(row["billed_revenue"] == 0 and row["unbilled_backlog_amount"] == row["sold_revenue"] for row in unbilled)
    assert all(row["sold_revenue"] == 0 and row["unbilled_backlog_amount"] == -row["billed_revenue"] for row in unsold)


# ---- parts of periods


def test_a_period_inside_a_month_holds_its_days_and_no_others(published: Warehouse) -> None:
    """10 to 20 March, both included: what March has, less what its first 9 and its last 11 days have."""
    start, end = date(2026, 3, 10), date(2026, 3, 20)
    told = set()
    for name in ("billed_revenue", "worked_hours", "collected_cash", "delivery_cost_amount"):
        parts = [
            query(published, [name], start=one, end=other).to_pylist()[0][name]
            for one, other in (
                (date(2026, 3, 1), start - timedelta(days=1)), (start, end),
                (end + timedelta(days=1), date(2026, 3, 31)), (date(2026, 3, 1), date(2026, 3, 31)),
            )
        ]  # fmt: skip
        assert parts[1] == parts[3] - parts[0] - parts[2]
        by_month = values(published, name, start=start, end=end, grain="month")
        assert by_month == ({(date(2026, 3, 1),): parts[1]} if parts[1] else {})
        days = values(published, name, start=start, end=end, grain="day")
        assert all(start <= day <= end for (day,) in days) and sum(days.values()) == parts[1]
        told |= {name} if parts[1] else set()
    assert len(told) >= 3, "something happens in those days"


def test_the_last_month_ends_on_the_business_day_whatever_is_dated_later(ten_firms: Warehouse) -> None:
    """Invoices, plans and work of the days after 20 May are there, and May holds none of it."""
    end = last(ten_firms)
    later = "select count(*) as n from semantic.{0} where metric_date > $end and metric_date <= last_day($end)"
    for name in ("billed_revenue", "worked_hours", "planned_revenue"):
        assert ten_firms.query(later.format(name), {"end": end}).to_pylist()[0]["n"] > 0
        may = values(ten_firms, name, grain="month")[(date(2026, 5, 1),)]
        assert may == query(ten_firms, [name], start=date(2026, 5, 1), end=end).to_pylist()[0][name]
        assert may != query(ten_firms, [name], start=date(2026, 5, 1), end=date(2026, 5, 31)).to_pylist()[0][name]


def test_a_fiscal_year_begins_where_the_firm_says(ten_firms: Warehouse) -> None:
    """It begins in April: January to March are the year before's last quarter."""
    assert set(values(ten_firms, "billed_revenue", grain="year")) == {(date(2025, 4, 1),), (date(2026, 4, 1),)}
    quarters = values(ten_firms, "billed_revenue", grain="quarter")
    assert set(quarters) == {(date(2026, 1, 1),), (date(2026, 4, 1),)}
    assert quarters[(date(2026, 1, 1),)] == values(ten_firms, "billed_revenue", grain="year")[(date(2025, 4, 1),)]


# ---- empty dimensions


@pytest.mark.parametrize("name", [name for name in METRICS if name not in (*RATIOS, *MEDIANS)])
def test_the_parts_of_a_metric_add_up_to_the_whole_by_every_dimension(name: str, published: Warehouse) -> None:
    """No row is lost for want of a name, and none counts in two groups: by all dimensions at once, and one by one."""
    names = definitions_of(published).metrics[name].dimension_names
    [whole] = query(published, [name]).to_pylist()
    for by in (names, *([dimension] for dimension in names)):
        parts = query(published, [name], by=by).to_pylist()
        assert sum((part[name] for part in parts), start=Decimal(0)) == whole[name], by


def test_what_belongs_to_nobody_stands_under_none(ten_firms: Warehouse) -> None:
    """Costs that name no project, or one that nobody knows: no engagement, and so no client, practice or manager."""
    lost = ten_firms.query("""
        select sum(subcontractor_cost_amount) as amount, count(*) as postings from marts.fct_ledger_costs
        where engagement_id is null and metric_date <= $last
    """, {"last": last(ten_firms)}).to_pylist()[0]  # fmt: skip
    assert lost["postings"] > 0
    for dimension in ("client", "parent_client"):
        assert values(ten_firms, "subcontractor_cost_amount", by=[dimension])[("(none)",)] == lost["amount"]
    assert query(ten_firms, ["subcontractor_cost_amount"], where=["client = '(none)'"]).to_pylist() == [
        {"subcontractor_cost_amount": lost["amount"]}
    ]


def test_a_ticket_of_nobody_known_is_counted(ten_firms: Warehouse) -> None:
    nobody = "select count(*) as n from canonical.support_tickets where deleted_at is null and account_id is null "
    nobody += "and coalesce(project_id, '') not in (select project_id from canonical.psa_projects)"
    [row] = ten_firms.query(f"{nobody} and cast(opened_at as date) < $last", {"last": last(ten_firms)}).to_pylist()
    assert row["n"] > 0
    assert values(ten_firms, "tickets_opened_count", by=["client"])[("(none)",)] == row["n"]


# ---- balances add up over groups, never over time


@pytest.mark.parametrize(
    "name",
    """receivables_amount overdue_receivables_amount wip_amount backlog_amount planned_minus_sold pipeline_amount
    deferred_amount remaining_hours open_exception_count open_ticket_count unstaffed_sold_hours""".split(),
)
def test_a_balance_of_a_month_is_that_of_its_last_day_and_never_the_sum_of_its_days(
    name: str, published: Warehouse
) -> None:
    assert definitions_of(published).metrics[name].is_balance
    months = values(published, name, grain="month", start=date(2026, 1, 1))
    assert len(months) >= 3
    for (month,), value in months.items():
        day = min((month + timedelta(days=31)).replace(day=1) - timedelta(days=1), last(published))
        assert query(published, [name], end=day).to_pylist() == [{name: value}], month
        by_day = query(published, [name], grain="day", start=month, end=day).to_pylist()
        assert by_day[-1] == {"metric_date": day, name: value}
        days = {row["metric_date"] for row in by_day}
        assert len(days) == (day - min(days)).days + 1, "it stands on days on which nothing changes"
    assert sum(months.values()) != query(published, [name]).to_pylist()[0][name]


def test_a_balance_of_a_group_that_ended_is_0_and_the_groups_add_up_on_every_day(published: Warehouse) -> None:
    by_client = query(published, ["receivables_amount"], by=["client"], grain="month").to_pylist()
    whole = values(published, "receivables_amount", grain="month")
    for (month,), value in whole.items():
        assert sum(row["receivables_amount"] for row in by_client if row["metric_date"] == month) == value
    assert any(row["receivables_amount"] == 0 for row in by_client), "somebody paid, and is still told"
