"""The semantic layer: dbt's manifests -> MetricFlow -> schema `semantic` of a build; and `query` for its readers.

MetricFlow is a compiler here: it turns each metric's YAML into SQL while a warehouse is built, in process and without a
database. What it wrote becomes the metric's view, its entry in the catalogue and its fingerprint; readers query those
views. This is the only module that imports MetricFlow, and only where it compiles.
"""

from __future__ import annotations

import copy
import hashlib
import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse import approvals, catalogue
from warehouse.connect import Warehouse
from warehouse.definitions import Definitions, Metric
from warehouse.errors import BuildError
from warehouse.metric_queries import Query, build_query, known_metric, run
from warehouse.metric_views import view_sql
from warehouse.ownership import Lineage, Owners, described, read_models
from warehouse.ownership import faults as ownership_faults
from warehouse.project import read_variables
from warehouse.settings import Settings

__all__ = [
    "Definitions",
    "Metric",
    "Query",
    "definitions_of",
    "explain_metrics",
    "prepare_query",
    "publish_semantic",
    "query",
]

MACROS = Path(__file__).with_name("semantic_macros.sql")


def metricflow_engine(manifest: Mapping[str, Any]) -> Any:
    """MetricFlow over a semantic manifest, to explain queries with; it has no database, and names no catalogue."""
    from metricflow.engine.metricflow_engine import MetricFlowEngine
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
    from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    class Compiler:
        """What MetricFlow calls a SQL client; it only tells the dialect."""

        sql_engine_type = SqlEngine.DUCKDB
        sql_plan_renderer = DuckDbSqlPlanRenderer()

        def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
            return f"${bind_parameter_key}"

        def close(self) -> None:
            return None

    parsed = parse_manifest_from_dbt_generated_manifest(json.dumps(_without_catalog(manifest)))
    return MetricFlowEngine(SemanticManifestLookup(parsed), Compiler())


def compile_sql(
    manifest: Mapping[str, Any],
    requests: Sequence[tuple[str, Sequence[str]]],
    start: date | None = None,
    end: date | None = None,
) -> list[str]:
    """MetricFlow's SQL for each (metric, group-bys), such as ("sold_revenue", ["metric_time__day"]), in their order.

    No table in it is named with a catalogue, and none of MetricFlow's own comments are kept. `start` and `end` bound
    the days that are asked about, both included.
    """
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    engine = metricflow_engine(manifest)
    compiled = []
    for metric, group_by in requests:
        request = MetricFlowQueryRequest.create(
            metric_names=[metric],
            group_by_names=list(group_by),
            time_constraint_start=start and datetime.combine(start, time.min),
            time_constraint_end=end and datetime.combine(end, time.min),
        )
        compiled.append(_without_comments(engine.explain(request).sql_statement.sql))
    return compiled


def compile_views(definitions: Definitions) -> dict[str, str]:
    """The SELECT of every metric's view, by metric, in the order of their names."""
    leaves = [metric for metric in definitions.all.values() if not metric.inputs]
    requests = [(leaf.name, ["metric_time__day", *(d.group_by for d in leaf.dimensions)]) for leaf in leaves]
    written = compile_sql(_as_changes(definitions.manifest), requests)
    compiled = {leaf.name: sql for leaf, sql in zip(leaves, written, strict=True)}
    return {name: view_sql(metric, definitions, compiled) for name, metric in definitions.metrics.items()}


def publish_semantic(connection: duckdb.DuckDBPyConnection, project: Path, settings: Settings) -> None:
    """Create schema `semantic` in a build: macros, catalogue, a view per metric, revenue_monthly; all described.

    `project` is the build's dbt project after its run (project/target holds the manifests). Raises BuildError where a
    definition is not the one that was approved, or draws on a system that does not own it.
    """
    target = project / "target"
    definitions = Definitions.read(target / "semantic_manifest.json")
    if incomplete := definitions.faults():
        raise BuildError(incomplete)
    cache = Cache(settings.build_folder / "semantic_cache.json")
    plain = _without_catalog(definitions.manifest)
    views = cache.kept("views", [version("metricflow"), plain, _code()], lambda: compile_views(definitions))
    models, columns = read_models(target / "manifest.json"), _columns(connection)
    variables = read_variables(settings)
    columns |= {
        f"raw.raw_{system}.{table}": names
        for system, tables in variables["raw_tables"].items()
        for table, names in tables.items()
    }
    seed = project / "seeds" / "systems.csv"

    def follow() -> dict[str, Any]:
        lineage = Lineage(models, columns)
        owners = Owners.read(seed, {system.name: system.source for system in settings.systems})
        return {
            "faults": ownership_faults(definitions, lineage, owners),
            "columns": {name: described(metric, definitions, lineage) for name, metric in definitions.metrics.items()},
        }

    # the business day stands in some models and changes every day, which changes nobody's ownership
    written = json.dumps([models, columns]).replace(variables["business_day"], "")
    followed = cache.kept("lineage", [version("sqlglot"), plain, written, seed.read_text(), _code()], follow)
    fingerprints = {
        name: approvals.fingerprint(metric, definitions, views[name], followed["columns"][name])
        for name, metric in definitions.metrics.items()
    }
    views = {name: f"{_comes_from(followed['columns'][name])}\n{sql}" for name, sql in views.items()}
    approvals.keep(target, definitions, fingerprints, views)
    lock = approvals.read_lock(project)
    failures = followed["faults"] + approvals.faults(definitions, fingerprints, lock)
    if failures:
        raise BuildError(failures)
    catalogue.publish(
        connection, definitions, views, MACROS.read_text(), approvals.entries(definitions, fingerprints, lock)
    )


class Cache:
    """What a build computed of its definitions and models, for the next build that has the same."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}

    def kept(self, name: str, given: object, compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The result of `compute`, or what it returned when last given the same."""
        key = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
        if self._kept.get(name, {}).get("key") != key:
            self._kept[name] = {"key": key, "result": compute()}
            self._file.write_text(json.dumps(self._kept))
        return dict(self._kept[name]["result"])


def _code() -> list[str]:
    """The code that decides what a cache holds: a change of it voids the cache."""
    return [
        Path(__file__).with_name(name).read_text() for name in ("definitions.py", "metric_views.py", "ownership.py")
    ]


def _comes_from(columns: Sequence[str]) -> str:
    """A comment above a metric's SQL: the canonical columns that its value comes from."""
    told = ", ".join(columns) or "rows counted, whatever they hold"
    return textwrap.fill(f"Comes from {told}", width=110, initial_indent="-- ", subsequent_indent="-- ")


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The column names of every relation of a build, by "schema.table"."""
    rows = connection.execute(
        """
        select schema_name || '.' || table_name, list(column_name order by column_index) from duckdb_columns()
        where not internal and database_name = current_catalog() group by all order by all
        """
    ).fetchall()
    return {str(name): list(columns) for name, columns in rows}


def query(
    warehouse: Warehouse,
    metrics: Sequence[str],
    *,
    by: Sequence[str] = (),
    where: Sequence[str] = (),
    start: date | None = None,
    end: date | None = None,
    grain: str | None = None,
) -> pa.Table:
    """Values of metrics from a snapshot: metric_date (with a grain), the dimensions of `by`, the metrics.

    A flow counts the days from `start` (default: the first) to `end` (default: the snapshot's business day), both
    included; a balance stands at the end of `end`, or of each period of the grain (day, week, month, and fiscal quarter
    and year). `where` holds texts like "client = 'Harbor'", all of which must hold. Raises SettingsError.
    """
    return run(warehouse, prepare_query(warehouse, metrics, by=by, where=where, start=start, end=end, grain=grain))


def prepare_query(
    warehouse: Warehouse,
    metrics: Sequence[str],
    *,
    by: Sequence[str] = (),
    where: Sequence[str] = (),
    start: date | None = None,
    end: date | None = None,
    grain: str | None = None,
) -> Query:
    """The SELECT and its parameters that `query` would run."""
    last = end or date.fromisoformat(warehouse.manifest["business_day"])
    return build_query(definitions_of(warehouse), metrics, by=by, where=where, start=start, end=last, grain=grain)


def list_metrics(warehouse: Warehouse) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Every metric in one line: its name and label, whose it is, its unit, and what it lacks to be told."""
    columns = ("metric", "label", "system_of_record", "time", "unit", "lacks")
    rows = warehouse.query(f"select {', '.join(columns)} from semantic.metric_catalog order by metric").to_pylist()
    return columns, [tuple(str(row[column] or "") for column in columns) for row in rows]


def explain_metrics(warehouse: Warehouse, metrics: Sequence[str]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """What the catalogue says of metrics: (metric, what, value) rows. Raises SettingsError on an unknown name."""
    definitions = definitions_of(warehouse)
    rows: list[tuple[str, ...]] = []
    for name in dict.fromkeys(metrics):
        known_metric(definitions, name)
        told = warehouse.query("select * from semantic.metric_catalog where metric = ?", [name]).to_pylist()[0]
        told["dimensions"] = ", ".join(definitions.metrics[name].dimension_names)
        told["comes_from"] = told["sql"].split("\nselect", 1)[0].replace("\n--", "").removeprefix("-- Comes from ")
        rows += [(name, str(what), str(value)) for what, value in told.items() if what not in ("metric", "sql")]
    return ("metric", "what", "value"), rows


def definitions_of(warehouse: Warehouse) -> Definitions:
    """The definitions that a snapshot was built with; read once for each."""
    return _read_definitions(warehouse.semantic_manifest)


@lru_cache(maxsize=8)
def _read_definitions(file: Path) -> Definitions:
    return Definitions.read(file)


def _as_changes(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with each balance told as its dated changes: the same measure, not yet accumulated."""
    changed = copy.deepcopy(dict(manifest))
    for metric in changed["metrics"]:
        if metric["type"] == "cumulative":
            metric["type"] = "simple"
            metric["type_params"]["cumulative_type_params"] = None
    return changed


def _without_catalog(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with tables called schema.name, so that a snapshot opens under any name."""
    plain = copy.deepcopy(dict(manifest))
    relations = [model["node_relation"] for model in plain["semantic_models"]]
    relations += [spine["node_relation"] for spine in plain["project_configuration"]["time_spines"]]
    for relation in relations:
        relation["database"] = None
        relation["relation_name"] = f"{relation['schema_name']}.{relation['alias']}"
    return plain


def _without_comments(sql: str) -> str:
    return "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))
