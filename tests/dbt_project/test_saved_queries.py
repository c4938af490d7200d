"""The executives' standard questions: each compiles as MetricFlow asks it, and the sample firm has an answer to it."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
import yaml
from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

from warehouse.connect import Warehouse
from warehouse.project import DBT_PROJECT
from warehouse.semantics import metricflow_engine, query

FILE = DBT_PROJECT / "models" / "semantic" / "_saved_queries.yml"
SAVED = {saved["name"]: saved["query_params"] for saved in yaml.safe_load(FILE.read_text())["saved_queries"]}
FIRST, LAST = datetime(2026, 1, 1), datetime(2026, 8, 31)  # noqa: DTZ001 - MetricFlow's days have no zone

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def engine(sample: Warehouse) -> Any:
    """MetricFlow over the sample's own manifest, with the saved queries of today's YAML."""
    manifest = json.loads(sample.semantic_manifest.read_text())
    assert {saved["name"] for saved in manifest["saved_queries"]} == set(SAVED), "publish the sample anew"
    return metricflow_engine(manifest)


@pytest.fixture(scope="module")
def connection(sample: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file on a connection that takes anything."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{sample.file}' as firm (read_only)")
        connection.execute("use firm")
        yield connection


def answer(engine: Any, connection: duckdb.DuckDBPyConnection, name: str) -> Rows:
    """A saved query's rows, from January to August 2026."""
    request = MetricFlowQueryRequest.create(
        saved_query_name=name, time_constraint_start=FIRST, time_constraint_end=LAST
    )
    return connection.execute(engine.explain(request).sql_statement.sql).to_arrow_table().to_pylist()


@pytest.mark.parametrize("name", SAVED)
def test_a_standard_question_has_an_answer(name: str, engine: Any, connection: duckdb.DuckDBPyConnection) -> None:
    rows = answer(engine, connection, name)
    assert len(rows) > 1
    for metric in SAVED[name]["metrics"]:
        assert any(row[metric] not in (None, 0) for row in rows), f"{metric} says nothing"


def test_a_standard_question_is_answered_as_tieout_query_answers_it(
    engine: Any, connection: duckdb.DuckDBPyConnection, sample: Warehouse
) -> None:
    """Balances and flows alike: each month's figures of MetricFlow are those of the published views."""
    for name in ("five_revenues_by_month", "bridges_by_month"):
        metrics = SAVED[name]["metrics"]
        told = {row.pop("metric_time__month").date(): row for row in answer(engine, connection, name)}
        ours = query(sample, metrics, start=FIRST.date(), end=LAST.date(), grain="month").to_pylist()
        assert {row.pop("metric_date"): row for row in ours} == told, name
        assert date(2026, 8, 1) in told
        assert all(isinstance(value, Decimal) for value in told[date(2026, 8, 1)].values())
