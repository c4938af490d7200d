"""How a compiled metric becomes what an analyst queries: MetricFlow's SQL -> the SELECT of `semantic.<metric>`.

One rule for every view: its rows are *dated amounts*. A flow of a period is the sum of its rows; a balance as of a day
is the sum of all rows up to it (so a balance's rows are changes: + when something begins to stand, - when it ends). A
ratio shows its numerator and its denominator, which add up in the same way. A median's view has one row per case.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp

from warehouse.definitions import Definitions, Dimension, Metric
from warehouse.errors import BuildError

RULES = {
    "flow": "Rows are dated amounts: the value of a period is the sum of its rows.",
    "balance": "Rows are dated changes: the value on a day is the sum of all rows up to and including it.",
    "rate": "The value of any group is the sum of its numerators / the sum of its denominators, no average of rows.",
    "rate balance": "Numerator and denominator are dated changes: the value on a day is the sum of all numerators up "
    "to it / the sum of all denominators up to it.",
    "case": "One row per case: the value of a group is the median of its rows.",
}

# Whole numbers are counted; everything else keeps the exact type of its mart.
COUNT_TYPE = "bigint"


def rule(metric: Metric) -> str:
    """The sentence that says how the rows of a metric's view become one value."""
    if metric.aggregate == "ratio":
        return RULES["rate balance" if metric.is_balance else "rate"]
    if metric.aggregate != "sum":
        return RULES["case"]
    return RULES["balance" if metric.is_balance else "flow"]


def view_sql(metric: Metric, definitions: Definitions, compiled: Mapping[str, str]) -> str:
    """The SELECT of a metric's view: metric_date, its dimensions, its value.

    `compiled` holds MetricFlow's SQL of each simple and cumulative metric.
    """
    if metric.aggregate != "ratio":
        return _value(metric, metric.dimensions, definitions, compiled)
    return _ratio(metric, definitions, compiled)


def _value(
    metric: Metric, dimensions: tuple[Dimension, ...], definitions: Definitions, compiled: Mapping[str, str]
) -> str:
    """One row per day and group with the metric's value."""
    if metric.type in ("simple", "cumulative"):
        return _leaf(metric, dimensions, compiled[metric.name])
    if metric.type != "derived":
        raise BuildError([f"The metric {metric.name} is made of a {metric.type}; only sums can be added up."])
    names = [dimension.name for dimension in dimensions]
    expression = _checked_sum(metric)
    inputs = [(name, _value(definitions.all[name], dimensions, definitions, compiled)) for name in metric.inputs]
    columns = "".join(f",\n    {name}" for name in names)
    return (
        f"select\n    metric_date{columns},\n    {expression} as {metric.name}\n"
        f"from (\n{_indented(_united(inputs, names))}\n)"
    )


def _leaf(metric: Metric, dimensions: tuple[Dimension, ...], sql: str) -> str:
    value = f"cast({metric.name} as {COUNT_TYPE})" if metric.meta.get("unit") == "count" else metric.name
    columns = [("cast(metric_time__day as date)", "metric_date"), *((_column(d), d.name) for d in dimensions)]
    selected = ",\n".join(
        f"    {told}" if told == name else f"    {told} as {name}" for told, name in [*columns, (value, metric.name)]
    )
    kept = f"{metric.name} is not null"
    if metric.aggregate == "sum":
        sql, kept = _ungrouped(sql), f"{metric.name} <> 0"
    return f"select\n{selected}\nfrom (\n{_indented(sql)}\n)\nwhere {kept}"


def _ratio(metric: Metric, definitions: Definitions, compiled: Mapping[str, str]) -> str:
    names = [dimension.name for dimension in metric.dimensions]
    sides = [
        (side, _renamed(definitions.all[name], side, metric.dimensions, definitions, compiled))
        for side, name in zip(("numerator", "denominator"), metric.inputs, strict=True)
    ]
    columns = "".join(f",\n    {name}" for name in names)
    group = "".join(f", {name}" for name in names)
    if metric.is_balance:
        over = (
            f"over (partition by {', '.join(names)} order by metric_date)" if names else "over (order by metric_date)"
        )
        value = f"sum(sum(numerator)) {over} / nullif(cast(sum(sum(denominator)) {over} as double), 0)"
    else:
        value = "sum(numerator) / nullif(cast(sum(denominator) as double), 0)"
    return (
        f"select\n    metric_date{columns},\n    sum(numerator) as numerator,\n    sum(denominator) as denominator,\n"
        f"    {value} as {metric.name}\n"
        f"from (\n{_indented(_united(sides, names))}\n)\ngroup by metric_date{group}"
    )


def _renamed(
    metric: Metric,
    name: str,
    dimensions: tuple[Dimension, ...],
    definitions: Definitions,
    compiled: Mapping[str, str],
) -> str:
    own = tuple(next(d for d in metric.dimensions if d.name == wanted.name) for wanted in dimensions)
    columns = "".join(f", {dimension.name}" for dimension in dimensions)
    inner = _indented(_value(metric, own, definitions, compiled))
    return f"select metric_date{columns}, {metric.name} as {name}\nfrom (\n{inner}\n)"


def _united(parts: list[tuple[str, str]], dimensions: list[str]) -> str:
    """Rows of all parts under each other, 0 where a row is another part's: nothing can fan out."""
    columns = "".join(f", {name}" for name in dimensions)
    selects = []
    for name, sql in parts:
        values = ", ".join(other if other == name else f"0 as {other}" for other, _ in parts)
        selects.append(f"select metric_date{columns}, {values}\nfrom (\n{_indented(sql)}\n)")
    return "\nunion all\n".join(selects)


def _checked_sum(metric: Metric) -> str:
    """A derived metric's expression, row by row; only + and - of its inputs keep it a metric that adds up."""
    tree = sqlglot.parse_one(metric.expression or "", dialect="duckdb")
    allowed = (exp.Add, exp.Sub, exp.Neg, exp.Paren, exp.Column, exp.Identifier)
    if not all(isinstance(node, allowed) for node in tree.walk()):
        raise BuildError(
            [f"The derived metric {metric.name} is {metric.expression!r}: only + and - add up. Say a share as a ratio."]
        )
    return tree.sql(dialect="duckdb").lower()


def _ungrouped(sql: str) -> str:
    """MetricFlow's SQL of a sum without its grouping: what adds up adds up ungrouped, too.

    A question groups by the few dimensions that it names; a view that had grouped by all of its own before would cost
    ten times as much. SQL that is more than one grouped sum stays as it is.
    """
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    grouped = [select for select in tree.find_all(exp.Select) if select.args.get("group")]
    if len(grouped) != 1 or grouped[0].args.get("having"):
        return sql
    sums = [node for column in grouped[0].expressions for node in column.find_all(exp.AggFunc)]
    if not sums or not all(isinstance(node, exp.Sum) and not isinstance(node.this, exp.Distinct) for node in sums):
        return sql
    for node in sums:
        node.replace(node.this)
    grouped[0].set("group", None)
    return tree.sql(dialect="duckdb", pretty=True)


def _column(dimension: Dimension) -> str:
    """The column that MetricFlow calls by the dimension's long name; what is joined is never empty."""
    if dimension.is_day:
        return f"cast({dimension.group_by} as date)"
    return f"coalesce({dimension.group_by}, '(none)')" if dimension.is_joined else dimension.group_by


def _indented(sql: str) -> str:
    return "\n".join(f"    {line}" for line in sql.splitlines())
