"""Values of metrics from a published snapshot: metrics × group-bys × filters × period × grain -> one SELECT -> Arrow.

Each metric is added up from its own view and only then set beside the others, so that nothing can fan out: a dimension
that a metric does not have is refused. Filters are parsed against the list of dimensions; what a person typed reaches
the database as parameters only.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import sqlglot
from sqlglot import exp

from warehouse.connect import Warehouse
from warehouse.definitions import Definitions, Metric
from warehouse.errors import SettingsError

# A grain's column in marts.dim_days; quarters and years are fiscal.
GRAINS = {
    "day": "day",
    "week": "week_start",
    "month": "month_start",
    "quarter": "fiscal_quarter_start",
    "year": "fiscal_year_start",
}
COMPARISONS = (
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.In,
    exp.Between,
    exp.Is,
    exp.Not,
    exp.Like,
    exp.Paren,
)
CONNECTIVES = (exp.And, exp.Or)


@dataclass(frozen=True)
class Query:
    """A SELECT with its named parameters, ready to run on a snapshot."""

    sql: str
    parameters: Mapping[str, Any]


def run(warehouse: Warehouse, query: Query) -> pa.Table:
    """The query's rows as an Arrow table; money and hours stay decimals."""
    return warehouse.query(query.sql, dict(query.parameters) or None)


def build_query(
    definitions: Definitions,
    metrics: Sequence[str],
    *,
    by: Sequence[str] = (),
    where: Sequence[str] = (),
    start: date | None = None,
    end: date,
    grain: str | None = None,
) -> Query:
    """The SELECT for these metrics. Raises SettingsError, a sentence with a suggestion, where one cannot be had.

    Columns: metric_date (the first day of each period, with a grain), the dimensions, the metrics. A flow counts the
    days from `start` to `end`; a balance stands at the end of `end`, or of each period, whatever `start` is.
    """
    chosen = [known_metric(definitions, name) for name in dict.fromkeys(metrics)]
    dimensions = list(dict.fromkeys(by))
    for metric in chosen:
        for name in dimensions:
            _check_dimension(metric, name)
    if grain is not None and grain not in GRAINS:
        raise SettingsError(f"The grain {grain!r} is unknown. Grains are {', '.join(GRAINS)}.")
    if start is not None and start > end:
        raise SettingsError(f"The period ends on {end}, before it starts on {start}.")
    parameters: dict[str, Any] = {"end": end}
    if start is not None:
        parameters["start"] = start
    conditions = [_condition(text, chosen, parameters) for text in where]
    asked = _Asked(dimensions, conditions, start is not None, grain)
    sql = _united([(metric, asked.values(metric)) for metric in chosen], asked)
    if not re.search(r"\$start\b", sql):  # a balance stands on a day, and DuckDB refuses a parameter that nothing uses
        parameters.pop("start", None)
    return Query(sql, parameters)


@dataclass(frozen=True)
class _Asked:
    """What every metric of one query is grouped and filtered by."""

    dimensions: list[str]
    conditions: list[str]
    has_start: bool
    grain: str | None

    @property
    def groups(self) -> list[str]:
        return (["metric_date"] if self.grain else []) + self.dimensions

    def values(self, metric: Metric) -> str:
        """One row per group with the metric's value."""
        columns = [*(f"v.{name}" for name in self.dimensions), f"{_aggregated(metric)} as {metric.name}"]
        conditions = list(self.conditions)
        if metric.is_balance and self.grain:
            # a period's balance is all that changed by its last day, whether anything changed in it or not
            periods = _periods(metric, self.grain, self.has_start)
            source = f"({periods}) as p inner join semantic.{metric.name} as v on v.metric_date <= p.last_day"
            columns.insert(0, "p.metric_date")
        elif self.grain:
            source = f"semantic.{metric.name} as v inner join marts.dim_days as p on p.day = v.metric_date"
            columns.insert(0, f"p.{GRAINS[self.grain]} as metric_date")
        else:
            source = f"semantic.{metric.name} as v"
        if self.has_start and not metric.is_balance:
            conditions.insert(0, "v.metric_date >= $start")
        conditions.insert(0, "v.metric_date <= $end")
        grouped = f" group by {', '.join(str(n + 1) for n in range(len(self.groups)))}" if self.groups else ""
        return f"select {', '.join(columns)} from {source} where {' and '.join(conditions)}{grouped}"


def _periods(metric: Metric, grain: str, has_start: bool) -> str:
    first = "$start" if has_start else f"(select min(f.metric_date) from semantic.{metric.name} as f)"
    column = GRAINS[grain]
    return (
        f"select d.{column} as metric_date, max(d.day) as last_day from marts.dim_days as d "
        f"where d.day >= {first} and d.day <= $end group by 1"
    )


def _aggregated(metric: Metric) -> str:
    if metric.aggregate == "ratio":
        return "sum(v.numerator) / nullif(cast(sum(v.denominator) as double), 0)"
    return f"{metric.aggregate}(v.{metric.name})"


def _united(parts: Sequence[tuple[Metric, str]], asked: _Asked) -> str:
    """The metrics side by side: a group that one of them lacks is 0 there if the metric adds up, else empty."""
    groups = asked.groups
    names = [metric.name for metric, _ in parts]
    rows = []
    for metric, sql in parts:
        columns = [*groups, *(name if name == metric.name else f"null as {name}" for name in names)]
        rows.append(f"select {', '.join(columns)} from ({sql})")
    values = [f"{_or_zero(metric)} as {metric.name}" for metric, _ in parts]
    grouped = [f"r.{name}" for name in groups]
    tail = f"\ngroup by {', '.join(grouped)}\norder by {', '.join(grouped)}" if groups else ""
    united = "\n  union all by name\n  ".join(rows)
    return f"select {', '.join([*grouped, *values])}\nfrom (\n  {united}\n) as r{tail}"


def _or_zero(metric: Metric) -> str:
    """No rows mean 0 for what adds up, unless its system is not loaded: then they mean that nobody knows."""
    value = f"any_value(r.{metric.name})"
    if metric.aggregate != "sum":
        return value
    known = f"(select c.is_available from semantic.metric_catalog as c where c.metric = '{metric.name}')"
    return f"case when {known} then coalesce({value}, 0) end"


def known_metric(definitions: Definitions, name: str) -> Metric:
    """The metric of that name. Raises SettingsError with the names that are near."""
    if name in definitions.metrics:
        return definitions.metrics[name]
    near = suggestion(name, list(definitions.metrics)) or " `tieout query` alone lists them."
    raise SettingsError(f"There is no metric {name!r}.{near}")


def _check_dimension(metric: Metric, name: str) -> None:
    if name not in metric.dimension_names:
        raise SettingsError(
            f"{metric.name} cannot be told apart by {name!r}.{suggestion(name, metric.dimension_names)} "
            f"It has {', '.join(metric.dimension_names)}."
        )


def suggestion(name: str, known: Sequence[str]) -> str:
    """A sentence with the known names that are near an unknown one; empty where none is."""
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f" Did you mean {', '.join(near)}?" if near else ""


def _condition(text: str, metrics: Sequence[Metric], parameters: dict[str, Any]) -> str:
    """A filter as SQL over the metrics' dimensions, its values moved into `parameters`."""
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb", into=exp.Condition)
    except sqlglot.errors.SqlglotError as error:
        raise SettingsError(f"The filter {text!r} cannot be read. Write it like: client = 'Harbor'.") from error

    def bound(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column):
            name = node.name.lower()
            if node.table:
                raise SettingsError(f"The filter {text!r} names {node.sql()}; a dimension stands alone, like client.")
            for metric in metrics:
                _check_dimension(metric, name)
            return exp.column(name, table="v")
        if isinstance(node, exp.Literal):
            key = f"value_{len(parameters)}"
            parameters[key] = node.this if node.is_string else node.to_py()
            return exp.Parameter(this=exp.Var(this=key))
        if isinstance(node, exp.Boolean | exp.Null):
            return node
        if isinstance(node, (*COMPARISONS, *CONNECTIVES)) and "query" not in {k for k, v in node.args.items() if v}:
            for key, value in list(node.args.items()):
                if isinstance(value, exp.Expr):
                    node.set(key, bound(value))
                elif isinstance(value, list):
                    node.set(key, [bound(item) for item in value])
            return node
        raise SettingsError(
            f"The filter {text!r} is more than a comparison. Write a dimension, a sign and a value: client = 'Harbor'."
        )

    return f"({bound(tree).sql(dialect='duckdb')})"
