"""Every metric is what an analyst works out by hand over the canonical tables: day by day, by its dimensions, exactly.

On the sample firm and on ten made-up ones. The answers are SQL in by_hand/ (hand_answers.py says how it reads); where
work and money settle line after line, the oracle is the hand (hand_settlements.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from tests.warehouse.firms import Firm, month_ends
from tests.warehouse.hand_answers import DIFFERENCES, RATIOS, hand_queries
from tests.warehouse.known_metrics import MEDIANS, METRICS
from warehouse.definitions import Metric
from warehouse.semantics import definitions_of, query

SUMS = [name for name in METRICS if name not in RATIOS and name not in MEDIANS]
FAR = date(2035, 12, 31)

# The first day of a day's period; quarters and years are fiscal.
PERIODS = {
    "day": "metric_date",
    "week": "metric_date - cast(isodow(metric_date) - 1 as integer)",
    "month": "cast(date_trunc('month', metric_date) as date)",
    "quarter": "cast(date_trunc('quarter', metric_date - to_months({later})) + to_months({later}) as date)",
    "year": "cast(date_trunc('year', metric_date - to_months({later})) + to_months({later}) as date)",
}


# What the hand does not tell metrics apart by: it would have to settle or spread line after line as the product does.
# There the parts are only known to add up (test_semantics.py), and to be MetricFlow's (test_metricflow.py).
NOT_BY_HAND = {
    "wip_amount": {"revenue_type", "is_overdue", "is_inferred"},
    "unapproved_amount": {"revenue_type", "is_overdue", "is_inferred"},
    "written_off_amount": {"revenue_type", "is_overdue", "is_inferred"},
    "receivables_amount": {"revenue_type", "ledger"},
    "overdue_receivables_amount": {"revenue_type", "ledger"},
    "disputed_receivables_amount": {"revenue_type", "ledger"},
    "invoiceable_amount": {"revenue_type"},
    "collected_cash": {"revenue_type"},
    "collected_minus_billed": {"revenue_type"},
    "bad_debt_amount": {"engagement_id", "revenue_type"},
}
ATTRIBUTES = {"engagement_id": "engagement", "client_id": "customer", "resource_id": "worker"}  # key -> entity


def test_every_metric_has_an_answer_by_hand() -> None:
    assert [name for name in METRICS if name not in {*hand_queries(), *DIFFERENCES, *RATIOS}] == []
    told = [*METRICS, *DIFFERENCES.values(), *(side for sides in RATIOS.values() for side in sides)]
    assert set(hand_queries()) - set(" ".join(told).split()) == set(), "an answer that nobody asks for"


def test_the_hand_tells_metrics_apart_by_every_dimension_of_their_own(firm: Firm) -> None:
    """Those of an engagement, a company or a person are the next test's."""
    lacking = {}
    for name, metric in definitions_of(firm.warehouse).metrics.items():
        if name in hand_queries():
            told = set(firm.analyst.dimensions([name], metric.dimension_names))
            if name in hand_queries("also"):
                told |= set(firm.analyst.dimensions([f"also {name}"], metric.dimension_names))
            own = {dimension.name for dimension in metric.dimensions if not dimension.is_joined}
            lacking[name] = own - told
    assert {name: dimensions for name, dimensions in lacking.items() if dimensions} == NOT_BY_HAND


@pytest.mark.parametrize("key", ATTRIBUTES)
def test_what_belongs_to_an_engagement_a_client_or_a_person_has_its_attributes(key: str, firm: Firm) -> None:
    """In every metric: by the key and all that is joined to it, each group has the attributes that the hand found."""
    connection = firm.analyst.connection
    table = f"{key.removesuffix('_id')}_attributes"
    known = [column for column, *_ in connection.execute(f"select * from {table} limit 0").description or []]
    seen: set[str] = set()
    for name, metric in definitions_of(firm.warehouse).metrics.items():
        by = [d.name for d in metric.dimensions if d.is_joined and d.group_by.startswith(f"{ATTRIBUTES[key]}__")]
        if not by:
            continue
        seen |= set(by)
        told = query(firm.warehouse, [name], by=[key, *by], end=firm.last)
        connection.register("told", told)
        columns = ", ".join(by)
        named = ", ".join(f"coalesce(a.{column}, '(none)') as {column}" for column in by)
        wrong = connection.execute(f"""
            select {key}, {columns} from told
            except select t.{key}, {named} from told as t left join {table} as a on a.{key} = t.{key}
        """).fetchall()
        connection.unregister("told")
        assert wrong == [], name
    assert seen == set(known) - set(ATTRIBUTES)


@pytest.mark.parametrize("name", [name for name in SUMS if name not in DIFFERENCES])
def test_a_sum_is_what_an_analyst_works_out(name: str, firm: Firm) -> None:
    """A flow on every day, a balance at months' ends and on days inside a month; by all its own dimensions at once."""
    metric = definitions_of(firm.warehouse).metrics[name]
    by = firm.analyst.dimensions([name], metric.dimension_names)
    if metric.is_balance:
        told, end = balances(firm, name, by, firm.analyst.days(name)), firm.last
    else:
        end = FAR if name == "revenue_forecast_amount" else firm.last  # which tells of days to come
        told = query(firm.warehouse, [name], by=by, grain="day", end=end)
    assert differences(firm, name, told, by, name, end) == []


@pytest.mark.parametrize("name", hand_queries("also"))
def test_what_is_told_a_second_time_is_so_too(name: str, firm: Firm) -> None:
    """Up to each day asked, by engagement."""
    metric = definitions_of(firm.warehouse).metrics[name]
    also = f"also {name}"
    by, days = firm.analyst.dimensions([also], metric.dimension_names), firm.analyst.days(also)
    told = {day: query(firm.warehouse, [name], by=by, end=day).to_pylist() for day in days}
    rows = [row | {"metric_date": day} for day in days for row in told[day]]
    assert differences(firm, also, pa.Table.from_pylist(rows), by, name, firm.last) == []


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_is_that_of_its_sides(name: str, firm: Firm) -> None:
    metric = definitions_of(firm.warehouse).metrics[name]
    by = firm.analyst.dimensions([DIFFERENCES[name]], metric.dimension_names)
    told = query(firm.warehouse, [name], by=by, grain="day", end=firm.last)
    assert differences(firm, DIFFERENCES[name], told, by, name, firm.last) == []


@pytest.mark.parametrize("name", RATIOS)
def test_a_ratio_divides_what_an_analyst_would_divide(name: str, firm: Firm) -> None:
    """Its numerator and its denominator exactly, on every day and by the dimensions that both have; then the ratio."""
    metric = definitions_of(firm.warehouse).metrics[name]
    assert metric.aggregate == "ratio"
    by = firm.analyst.dimensions(RATIOS[name], metric.dimension_names)
    days = firm.analyst.days(*RATIOS[name]) if metric.is_balance else ()
    for side, expression in zip(("numerator", "denominator"), RATIOS[name], strict=True):
        told = sides(firm, metric, side, by, days)
        assert differences(firm, expression, told, by, side, firm.last, days) == [], side
    for end in days or [*month_ends(firm.first, firm.last)[::5], firm.last]:
        numerator, denominator = (total(firm, expression, metric, end) for expression in RATIOS[name])
        [row] = query(firm.warehouse, [name], end=end).to_pylist()
        expected = float(numerator) / float(denominator) if denominator else None
        assert row[name] == (None if expected is None else pytest.approx(expected, rel=1e-9)), end


@pytest.mark.parametrize("name", MEDIANS)
def test_a_median_is_that_of_the_cases_that_an_analyst_finds(name: str, firm: Firm) -> None:
    """Case by case with their dimensions, then the median of all and of each month."""
    metric = definitions_of(firm.warehouse).metrics[name]
    assert metric.aggregate == "median"
    connection = firm.analyst.connection
    [part] = firm.analyst.parts(name)
    columns = ", ".join(("metric_date", *firm.analyst.dimensions([name], metric.dimension_names)))
    told = firm.warehouse.query(f"select {columns}, {name} from semantic.{name} where metric_date <= $end", last(firm))
    connection.register("told", told)
    cases = f"select {columns}, {name} from {part.table} where metric_date <= $end"
    for one, other in ((cases, "from told"), ("from told", cases)):
        assert connection.execute(f"({one}) except all ({other})", last(firm)).fetchall() == []
    connection.unregister("told")
    month = "cast(date_trunc('month', metric_date) as date)"
    medians = f"select {month}, median({name}) from ({cases}) group by 1 order by 1"
    asked = query(firm.warehouse, [name], grain="month", end=firm.last).to_pylist()
    assert [(row["metric_date"], row[name]) for row in asked] == connection.execute(medians, last(firm)).fetchall()
    [row] = query(firm.warehouse, [name], end=firm.last).to_pylist()
    assert (row[name],) == connection.execute(f"select median({name}) from ({cases})", last(firm)).fetchone()


def last(firm: Firm) -> dict[str, date]:
    return {"end": firm.last}


def balances(firm: Firm, name: str, by: Sequence[str], days: Iterable[date]) -> pa.Table:
    """A balance as of each day: those of months' ends from one query by month."""
    ends = {end.replace(day=1): end for end in month_ends(firm.first, firm.last)}
    months = query(firm.warehouse, [name], by=by, grain="month", start=firm.first, end=firm.last)
    rows = [row | {"metric_date": ends[row["metric_date"]]} for row in months.to_pylist()]
    rows = [row for row in rows if row["metric_date"] in days]
    for day in sorted(set(days) - set(ends.values())):
        rows += [row | {"metric_date": day} for row in query(firm.warehouse, [name], by=by, end=day).to_pylist()]
    return pa.Table.from_pylist(rows, schema=months.schema)


def sides(firm: Firm, metric: Metric, side: str, by: Sequence[str], days: Sequence[date]) -> pa.Table:
    """The numerators or denominators of a ratio's view: on each day, or of a balance up to each of these days."""
    groups = "".join(f", v.{name}" for name in by)
    if not metric.is_balance:
        return firm.warehouse.query(
            f"select v.metric_date{groups}, sum(v.{side}) as {side} from semantic.{metric.name} as v "
            "where v.metric_date <= $end group by all", {"end": firm.last},
        )  # fmt: skip
    return firm.warehouse.query(
        f"select a.day as metric_date{groups}, sum(v.{side}) as {side} from (select unnest($days) as day) as a "
        f"inner join semantic.{metric.name} as v on v.metric_date <= a.day group by all", {"days": list(days)},
    )  # fmt: skip


def total(firm: Firm, expression: str, metric: Metric, end: date) -> Any:
    """What an expression comes to: a flow's up to a day, a balance's on that day."""
    sign = "=" if metric.is_balance else "<="
    rows = firm.analyst.rows(expression, [], "amount")
    [(value,)] = firm.analyst.connection.execute(
        f"select sum(amount) from ({rows}) where metric_date {sign} $end", {"end": end}
    ).fetchall()
    return value or 0


def differences(
    firm: Firm,
    expression: str,
    told: pa.Table,
    by: Sequence[str],
    name: str,
    last: date,
    days: Sequence[date] = (),
) -> list[tuple[Any, ...]]:
    """The groups on which hand and warehouse differ: (metric_date, dimensions…, by hand, told). Up to a last day."""
    connection = firm.analyst.connection
    columns = ", ".join(f"cast({column} as varchar) as {column}" for column in ("metric_date", *by))
    groups = ", ".join(("metric_date", *by))
    connection.register("told", told)
    rows = connection.execute(
        f"""
        select {groups}, sum(by_hand) as by_hand, sum(told) as told
        from (
            select {columns}, amount as by_hand, 0 as told from ({firm.analyst.rows(expression, by, "amount")})
            where metric_date <= $last and (len($days) = 0 or list_contains($days, metric_date))
            union all
            select {columns}, 0, {name} from told
        )
        group by {groups} having sum(by_hand) <> sum(told) order by all
        """,
        {"last": last, "days": list(days)},
    ).fetchall()
    connection.unregister("told")
    return rows
