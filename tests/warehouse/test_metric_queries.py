"""How values are asked for: no fan-out, ratios of sums, empty denominators, missing sides, balances, filters, refusals.

A firm of two clients, small enough to add up in one's head.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from warehouse.definitions import Definitions
from warehouse.errors import SettingsError
from warehouse.metric_queries import build_query

FIRM = """
create schema semantic; create schema marts;
create table semantic.metric_catalog as
    select unnest(['sold', 'billed', 'owed', 'share_billed', 'days', 'unknown']) as metric,
        unnest([true, true, true, true, true, false]) as is_available;
create table marts.dim_days as
    select cast(day as date) as day, cast(date_trunc('week', day) as date) as week_start,
        cast(date_trunc('month', day) as date) as month_start,
        cast(date_trunc('quarter', day) as date) as fiscal_quarter_start,
        cast(date_trunc('year', day) as date) as fiscal_year_start
    from generate_series(date '2026-01-01', date '2026-12-31', interval 1 day) as d (day);

create table semantic.sold (metric_date date, client varchar, role varchar, sold decimal(38, 2));
insert into semantic.sold values
    ('2026-01-10', 'Harbor', 'Engineer', 100), ('2026-01-10', 'Harbor', 'Partner', 50),
    ('2026-03-05', 'Juniper', '(none)', 30);
create table semantic.billed (metric_date date, client varchar, kind varchar, billed decimal(38, 2));
insert into semantic.billed values
    ('2026-01-31', 'Harbor', 'time', 40), ('2026-02-28', 'Harbor', 'time', 20), ('2026-02-28', 'Harbor', 'expense', 5);
create table semantic.owed (metric_date date, client varchar, owed decimal(38, 2));
insert into semantic.owed values
    ('2026-01-31', 'Harbor', 40), ('2026-02-28', 'Harbor', 25), ('2026-04-15', 'Harbor', -40);
create table semantic.share_billed
    (metric_date date, client varchar, numerator decimal(38, 2), denominator decimal(38, 2), share_billed double);
insert into semantic.share_billed values
    ('2026-01-31', 'Harbor', 40, 150, 40 / 150), ('2026-02-28', 'Harbor', 25, 0, null),
    ('2026-03-05', 'Juniper', 0, 30, 0);
create table semantic.days (metric_date date, case_id varchar, client varchar, days integer);
insert into semantic.days values
    ('2026-01-05', 'a', 'Harbor', 1), ('2026-01-06', 'b', 'Harbor', 3), ('2026-02-01', 'c', 'Juniper', 20);
create table semantic.unknown (metric_date date, client varchar, unknown decimal(38, 2));
"""


def metric(name: str, kind: str, aggregate: str, dimensions: list[str], time: str) -> dict[str, Any]:
    """One metric and its semantic model, as they stand in a semantic manifest."""
    params: dict[str, Any] = {"measure": {"name": f"{name}_measure"}, "expr": None, "metrics": []}
    model = {
        "name": f"{name}_model",
        "primary_entity": name,
        "entities": [],
        "defaults": {"agg_time_dimension": "metric_date"},
        "measures": [{"name": f"{name}_measure", "agg": aggregate, "expr": None}],
        "dimensions": [{"name": d, "type": "categorical", "description": d} for d in dimensions],
    }
    definition = {
        "name": name, "label": name, "description": name, "type": kind, "type_params": params,
        "config": {"meta": {"time": time}},
    }  # fmt: skip
    return {"definition": definition, "model": model}


def firm_definitions() -> Definitions:
    given = [
        metric("sold", "simple", "sum", ["client", "role"], "flow"),
        metric("billed", "simple", "sum", ["client", "kind"], "flow"),
        metric("owed", "cumulative", "sum", ["client"], "balance"),
        metric("days", "simple", "median", ["client"], "rate"),
        metric("unknown", "simple", "sum", ["client"], "flow"),
    ]
    definitions = [each["definition"] for each in given]
    sides = {"numerator": {"name": "billed"}, "denominator": {"name": "sold"}, "expr": None, "metrics": []}
    share = {"name": "share_billed", "label": "s", "description": "s", "type": "ratio", "type_params": sides}
    definitions.append(share | {"config": {"meta": {"time": "rate"}}})
    return Definitions({"metrics": definitions, "semantic_models": [each["model"] for each in given]})


def ask(*metrics: str, end: date = date(2026, 12, 31), **asked: Any) -> list[tuple[Any, ...]]:
    query = build_query(firm_definitions(), metrics, end=end, **asked)
    with duckdb.connect() as connection:
        connection.execute(FIRM)
        return connection.execute(query.sql, dict(query.parameters) or None).fetchall()


def test_two_facts_of_one_client_do_not_multiply_each_other() -> None:
    # Harbor sold 100 + 50 in two rows and billed 40 + 20 + 5 in three: joined, 150 would count three times
    assert ask("sold", "billed", by=["client"]) == [
        ("Harbor", Decimal(150), Decimal(65)),
        ("Juniper", Decimal(30), Decimal(0)),
    ]


def test_a_share_is_the_ratio_of_sums_and_not_the_average_of_ratios() -> None:
    # (40 + 25 + 0) / (150 + 0 + 30); the average of the rows' own ratios would be 0.13
    assert ask("share_billed") == [(65 / 180,)]


def test_nothing_to_divide_by_is_no_value() -> None:
    assert ask("share_billed", start=date(2026, 2, 1), end=date(2026, 2, 28)) == [(None,)]


def test_a_side_without_rows_is_0_where_its_system_is_loaded_and_nothing_where_it_is_not() -> None:
    assert ask("sold", "unknown", where=["client = 'Nobody'"]) == [(Decimal(0), None)]


def test_a_period_counts_its_first_and_its_last_day() -> None:
    assert ask("billed", start=date(2026, 1, 31), end=date(2026, 2, 28)) == [(Decimal(65),)]
    assert ask("billed", start=date(2026, 2, 1), end=date(2026, 2, 27)) == [(Decimal(0),)]


def test_a_balance_stands_on_days_on_which_nothing_changes() -> None:
    # + 40 in January, + 25 in February, nothing in March, - 40 in April
    assert ask("owed", by=["client"], grain="month", end=date(2026, 4, 30)) == [
        (date(2026, 1, 1), "Harbor", Decimal(40)),
        (date(2026, 2, 1), "Harbor", Decimal(65)),
        (date(2026, 3, 1), "Harbor", Decimal(65)),
        (date(2026, 4, 1), "Harbor", Decimal(25)),
    ]


def test_a_balance_of_a_period_counts_what_began_before_it() -> None:
    assert ask("owed", start=date(2026, 3, 1), end=date(2026, 3, 31)) == [(Decimal(65),)]
    assert ask("owed", start=date(2026, 3, 1), end=date(2026, 3, 31), grain="month") == [
        (date(2026, 3, 1), Decimal(65))
    ]


def test_the_last_period_may_be_a_part_of_one() -> None:
    assert ask("owed", grain="month", start=date(2026, 4, 1), end=date(2026, 4, 10)) == [
        (date(2026, 4, 1), Decimal(65))
    ]


def test_a_median_is_that_of_all_cases_and_not_of_the_groups() -> None:
    # 1, 3 and 20: the median is 3; that of the clients' own medians (2 and 20) would be 11
    assert ask("days") == [(3.0,)]


def test_a_flow_and_a_balance_stand_side_by_side() -> None:
    assert ask("billed", "owed", grain="quarter", end=date(2026, 6, 30)) == [
        (date(2026, 1, 1), Decimal(65), Decimal(65)),
        (date(2026, 4, 1), Decimal(0), Decimal(25)),
    ]


def test_filters_hold_together_and_may_be_lists_and_ranges() -> None:
    assert ask("sold", where=["client = 'Harbor'", "role in ('Engineer', 'Nobody')"]) == [(Decimal(100),)]
    assert ask("sold", where=["client <> 'Harbor' or role like 'Part%'"]) == [(Decimal(80),)]


def test_a_value_in_a_filter_never_reaches_the_sql() -> None:
    query = build_query(
        firm_definitions(), ["sold"], end=date(2026, 12, 31), where=["client = 'O''Neil; drop table x'"]
    )
    assert "drop table" not in query.sql
    assert "O'Neil; drop table x" in query.parameters.values()


@pytest.mark.parametrize(
    ("filter_", "sentence"),
    [
        ("client = (select max(client) from marts.dim_clients)", "more than a comparison"),
        ("client in (select 'Harbor')", "more than a comparison"),
        ("lower(client) = 'harbor'", "more than a comparison"),
        ("client = $end", "more than a comparison"),
        ("marts.client = 'Harbor'", "a dimension stands alone"),
        ("clint = 'Harbor'", "Did you mean client?"),
        ("client = 'Harbor'; drop table x", "cannot be read"),
        ("client =", "cannot be read"),
    ],
)
def test_a_filter_that_is_more_than_a_comparison_is_refused(filter_: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence.replace("?", r"\?")):
        ask("sold", where=[filter_])


def test_an_unknown_metric_is_refused_with_what_is_near() -> None:
    with pytest.raises(SettingsError, match=r"no metric 'solt'\. Did you mean sold"):
        ask("solt")


def test_a_dimension_that_a_metric_does_not_have_is_refused_with_those_it_has() -> None:
    with pytest.raises(SettingsError, match=r"billed cannot be told apart by 'role'.* It has client, kind"):
        ask("sold", "billed", by=["role"])
    with pytest.raises(SettingsError, match="billed cannot be told apart by 'role'"):
        ask("sold", "billed", where=["role = 'Partner'"])


def test_a_ratio_has_the_dimensions_that_both_its_sides_have() -> None:
    assert firm_definitions().metrics["share_billed"].dimension_names == ("client",)


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(SettingsError, match="before it starts"):
        ask("sold", start=date(2026, 2, 1), end=date(2026, 1, 1))


def test_an_unknown_grain_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="day, week, month, quarter, year"):
        ask("sold", grain="fortnight")
