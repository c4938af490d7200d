"""MetricFlow's own SQL says what the views say: every metric, at every grain, by every dimension, on both firms.

The metrics of one semantic model are asked for together, five times, once at each grain, each time by a fifth of their
dimensions. Balances are asked for a few periods only, and whole ones: MetricFlow joins them to every day, and asks for
the rest of a period by itself.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path

import duckdb
import pytest
from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

from tests.warehouse.known_metrics import METRICS
from warehouse.connect import Warehouse, published_file
from warehouse.definitions import Definitions, Dimension
from warehouse.semantics import definitions_of, metricflow_engine, query

# Our grain -> MetricFlow's; its quarters and years are the calendar's, so ours are custom ones.
GRAINS = {"day": "day", "week": "week", "month": "month", "quarter": "fiscal_quarter", "year": "fiscal_year"}
WINDOWS = {
    "day": (date(2026, 5, 18), date(2026, 5, 20)),
    "week": (date(2026, 5, 4), date(2026, 5, 17)),
    "month": (date(2026, 3, 1), date(2026, 4, 30)),
    "quarter": (date(2026, 1, 1), date(2026, 3, 31)),
    "year": (date(2026, 1, 1), date(2026, 3, 31)),  # a part of a year for the one firm, the end of one for the other
}
FAR = date(2059, 12, 31)

# Two sides that know a dimension by different paths: MetricFlow cannot ask for both at once.
APART = {("collection_rate", "ledger")}


@dataclass(frozen=True)
class Asked:
    """One request: metrics with the same dimensions at a grain by some of them."""

    metrics: tuple[str, ...]
    aggregate: str
    grain: str
    dimensions: tuple[Dimension, ...]
    start: date | None
    end: date | None

    @property
    def group_by(self) -> list[str]:
        return [f"metric_time__{GRAINS[self.grain]}", *(dimension.group_by for dimension in self.dimensions)]

    @property
    def names(self) -> list[str]:
        return [dimension.name for dimension in self.dimensions]


def requests(definitions: Definitions) -> list[Asked]:
    """Every metric at every grain, its dimensions dealt out to the grains in turn."""
    together = defaultdict(list)
    for name, metric in definitions.metrics.items():
        model = name if metric.inputs else definitions.measure(metric)[1]["name"]
        together[model, metric.type, metric.aggregate].append(metric)
    asked = []
    for (_, _, aggregate), metrics in together.items():
        names = tuple(metric.name for metric in metrics)
        known = [d for d in metrics[0].dimensions if (names[0], d.name) not in APART]
        is_bounded = any(leaf.type == "cumulative" for leaf in definitions.leaves(metrics[0]))
        for turn, grain in enumerate(GRAINS):
            start, end = WINDOWS[grain] if is_bounded else (None, None)
            asked.append(Asked(names, aggregate, grain, tuple(known[turn :: len(GRAINS)]), start, end))
    return asked


@cache
def compiled(manifest: Path) -> dict[Asked, str]:
    """MetricFlow's SQL for every request; once for both firms, whose definitions are the same."""
    told = json.loads(manifest.read_text())
    engine = metricflow_engine(told)
    written = {}
    for asked in requests(Definitions(told)):
        request = MetricFlowQueryRequest.create(
            metric_names=asked.metrics,
            group_by_names=asked.group_by,
            time_constraint_start=asked.start and datetime.combine(asked.start, time.min),
            time_constraint_end=asked.end and datetime.combine(asked.end, time.min),
        )
        written[asked] = str(engine.explain(request).sql_statement.sql)
    return written


@pytest.fixture(scope="module")
def differences(published: Warehouse, sample_home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Metric -> the groups, of all its requests, that MetricFlow values otherwise than `query` does."""
    manifest = published_file(sample_home).with_suffix(".semantic_manifest.json")
    assert definitions_of(published).manifest["metrics"] == Definitions.read(manifest).manifest["metrics"]
    found: dict[str, list[tuple[object, ...]]] = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published.file}' as firm (read_only)")
        connection.execute("use firm")
        for asked, theirs in compiled(manifest).items():
            end = asked.end or FAR
            ours = query(published, asked.metrics, by=asked.names, grain=asked.grain, start=asked.start, end=end)
            connection.register("ours", ours)
            connection.execute(f"create or replace temp table theirs as {theirs}")
            for metric in asked.metrics:
                rows = connection.execute(compared(metric, asked)).fetchall()
                found.setdefault(metric, []).extend((asked.grain, asked.names, row) for row in rows)
            connection.unregister("ours")
    return found


def test_every_dimension_of_every_metric_is_asked_for(sample: Warehouse) -> None:
    definitions = definitions_of(sample)
    asked = {(name, d.name) for each in requests(definitions) for name in each.metrics for d in each.dimensions}
    known = {(name, d.name) for name, metric in definitions.metrics.items() for d in metric.dimensions}
    assert known - asked == APART
    for name, metric in definitions.metrics.items():  # the sides of a metric know a dimension by one path
        for leaf in definitions.leaves(metric):
            paths = {d.group_by for d in leaf.dimensions}
            assert {d.name for d in metric.dimensions if d.group_by not in paths} <= {d for m, d in APART if m == name}


@pytest.mark.parametrize("name", METRICS)
def test_metricflow_and_the_view_agree_at_every_grain_and_by_every_dimension(
    name: str, differences: dict[str, list[tuple[object, ...]]]
) -> None:
    assert differences[name] == []


def compared(metric: str, asked: Asked) -> str:
    """A SELECT of the groups that MetricFlow values otherwise than we do: sums exactly, what is divided to nine digits.

    No row is 0 of what adds up. MetricFlow tells a group that has no name (null) beside one that is called (none), and
    we tell both as one: sums are added, ratios and medians of such a group left out.
    """
    names = ["metric_date", *asked.names]
    days = ["metric_date", *(dimension.name for dimension in asked.dimensions if dimension.is_day)]

    def keys(columns: Sequence[str]) -> str:
        typed = (f"cast({c} as {'date' if n in days else 'varchar'})" for c, n in zip(columns, names, strict=True))
        return ", ".join(
            f"coalesce(cast({column} as varchar), '(none)') as {name}"
            for column, name in zip(typed, names, strict=True)
        )

    same = " and ".join(f"t.{name} = o.{name}" for name in names)
    value = f"{'sum' if asked.aggregate == 'sum' else 'any_value'}({metric}) as value"
    differs = "ifnull(t.value, 0) <> ifnull(o.value, 0)"
    if asked.aggregate != "sum":
        far_off = "abs(ifnull(t.value, 0) - ifnull(o.value, 0)) > 1e-9 * abs(ifnull(o.value, 0))"
        differs = f"ifnull(t.rows, 1) = 1 and ({far_off} or o.rows is null and t.value is not null)"
    return f"""
        with theirs_told as (select {keys(asked.group_by)}, {value}, count(*) as rows from theirs group by all),
        ours_told as (select {keys(names)}, {value}, count(*) as rows from ours group by all)
        select * from theirs_told as t full join ours_told as o on {same} where {differs}
    """
