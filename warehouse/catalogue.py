"""Schema `semantic` of a build: definitions + their SQL -> macros, metric_catalog, a view per metric, revenue_monthly.

Everything carries its description as a COMMENT, so that `describe`, duckdb_views() and duckdb_columns() tell an analyst
what a number means in the session in which it is queried.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from warehouse.definitions import Definitions, Metric
from warehouse.errors import BuildError
from warehouse.figures import REVENUES
from warehouse.metric_views import rule

CATALOG_COLUMNS = {
    "metric": "varchar: The name of the metric and of its view.",
    "label": "varchar: What a person calls it.",
    "description": "varchar: The question it answers, its formula in words, and what it leaves out.",
    "kind": "varchar: fact (one system's own number), ratio (of facts), or comparison (needs more than one system).",
    "system_of_record": "varchar: The role that owns it: crm, psa, accounting, support, middleware, tieout, or shared.",
    "time": "varchar: flow (happens on a day), balance (stands at the end of a day), or rate.",
    "owner": "varchar: The role that answers for it.",
    "unit": "varchar: money (reporting currency), hours, days, minutes, share (0 to 1) or count.",
    "direction": "varchar: Which way is good: up, down or neutral.",
    "where_to_fix": "varchar: The system and record in which a wrong value is mended.",
    "definition_version": "integer: Raised whenever the definition changes.",
    "fingerprint": "varchar: A hash of the definition, its SQL and its lineage.",
    "approved_by": "varchar: Who approved this version of the definition.",
    "approved_on": "date: When.",
    "is_available": "boolean: Whether the systems that it needs are loaded. If not, its view has no rows.",
    "lacks": "varchar: What is not loaded and is needed, if so.",
    "sql": "varchar: The SELECT of its view, as compiled, under the canonical columns that its value comes from.",
}

REVENUE_MONTHLY = """
    select
        d.engagement_id, cast(date_trunc('month', d.day) as date) as month, e.client, e.parent_client,
        coalesce(e.legal_entity, '(none)') as legal_entity, coalesce(e.practice, '(none)') as practice,
        coalesce(e.contract_type, '(none)') as contract_type, coalesce(e.project_manager, '(none)') as project_manager,
        coalesce(e.project_status, '(none)') as project_status, coalesce(e.deal_owner, '(none)') as deal_owner,
        {revenues}
    from marts.fct_revenue_deltas as d
    left join marts.dim_engagements as e on e.engagement_id = d.engagement_id
    group by
        d.engagement_id, date_trunc('month', d.day), e.client, e.parent_client, e.legal_entity, e.practice,
        e.contract_type, e.project_manager, e.project_status, e.deal_owner
"""
REVENUE_OF_MONTH = """case
            when (select a.is_available from marts.dim_availability as a where a.name = '{name}')
                then cast(sum(d.{name}) as decimal(18, 2))
        end as {name}"""

REVENUE_MONTHLY_COMMENT = (
    "The five revenues of each engagement by month, side by side and never added. One row per engagement and month in "
    "which anything changed; every amount can be summed over any rows. Null where no loaded system can tell."
)

SHARED_COLUMNS = {
    "metric_date": "The day on which the row counts.",
    "engagement_id": "What was sold and is delivered as one: marts.dim_engagements.",
    "numerator": "What is divided; add it up before dividing.",
    "denominator": "What it is divided by; add it up before dividing.",
    "month": "The first day of the month.",
}


def publish(
    connection: duckdb.DuckDBPyConnection,
    definitions: Definitions,
    views: Mapping[str, str],
    macros: str,
    approvals: Mapping[str, Mapping[str, object]],
) -> None:
    """Create the schema. `views` holds each metric's SELECT, `approvals` its fingerprint and who approved it."""
    connection.execute("begin")
    connection.execute("create schema if not exists semantic")
    connection.execute(macros)
    revenues = ",\n        ".join(REVENUE_OF_MONTH.format(name=name) for name in REVENUES)
    monthly = REVENUE_MONTHLY.format(revenues=revenues)
    _create_view(connection, "revenue_monthly", monthly, REVENUE_MONTHLY_COMMENT, _monthly_columns(definitions))
    missing = {name: _lacks(connection, metric) for name, metric in definitions.metrics.items()}
    for name, metric in definitions.metrics.items():
        sql = views[name] if not missing[name] else f"select * from (\n{views[name]}\n) where false"
        comment = f"{metric.label}. {metric.description} {rule(metric)}"
        if missing[name]:
            comment += f" Not available: this warehouse lacks {missing[name]}."
        _create_view(connection, name, sql, comment, _columns(metric))
    _create_catalog(connection, definitions, views, missing, approvals)
    connection.execute("commit")


def _create_view(
    connection: duckdb.DuckDBPyConnection, name: str, sql: str, comment: str, columns: Mapping[str, str]
) -> None:
    connection.execute(f"create or replace view semantic.{name} as {sql}")
    connection.execute(f"comment on view semantic.{name} is {_text(comment)}")
    for column, description in columns.items():
        connection.execute(f'comment on column semantic.{name}."{column}" is {_text(description)}')


def _create_catalog(
    connection: duckdb.DuckDBPyConnection,
    definitions: Definitions,
    views: Mapping[str, str],
    missing: Mapping[str, str],
    approvals: Mapping[str, Mapping[str, object]],
) -> None:
    columns = ", ".join(f"{name} {told.split(':')[0]}" for name, told in CATALOG_COLUMNS.items())
    connection.execute(f"create or replace table semantic.metric_catalog ({columns})")
    rows = []
    for name, metric in definitions.metrics.items():
        given = (
            dict(metric.meta)
            | dict(approvals[name])
            | {
                "metric": name,
                "label": metric.label,
                "description": metric.description,
                "is_available": not missing[name],
                "lacks": missing[name] or None,
                "sql": views[name],
            }
        )
        rows.append([given.get(column) for column in CATALOG_COLUMNS])
    marks = ", ".join("?" for _ in CATALOG_COLUMNS)
    connection.executemany(f"insert into semantic.metric_catalog values ({marks})", rows)
    connection.execute(
        "comment on table semantic.metric_catalog is 'Every metric: its meaning, owner and SQL. One row per metric.'"
    )
    for name, told in CATALOG_COLUMNS.items():
        connection.execute(f"comment on column semantic.metric_catalog.{name} is {_text(told.split(': ', 1)[1])}")


def _columns(metric: Metric) -> dict[str, str]:
    """What each column of a metric's view is."""
    sides = ("numerator", "denominator") if metric.aggregate == "ratio" else ()
    own = {
        dimension.name: dimension.description or SHARED_COLUMNS.get(dimension.name, "")
        for dimension in metric.dimensions
    }
    shared = {name: SHARED_COLUMNS[name] for name in ("metric_date", *sides)}
    return shared | own | {metric.name: f"{metric.label}, in {_unit(metric)}. {rule(metric)}"}


def _monthly_columns(definitions: Definitions) -> dict[str, str]:
    sold = definitions.metrics["sold_revenue"]
    attributes = {d.name: d.description for d in sold.dimensions if d.is_joined}
    return (
        {name: SHARED_COLUMNS[name] for name in ("engagement_id", "month")}
        | attributes
        | {name: f"{definitions.metrics[name].label} in the month, in the reporting currency." for name in REVENUES}
    )


def _unit(metric: Metric) -> str:
    return {"money": "the reporting currency", "share": "a share (0 to 1)", "count": "whole numbers"}.get(
        str(metric.meta["unit"]), str(metric.meta["unit"])
    )


def _lacks(connection: duckdb.DuckDBPyConnection, metric: Metric) -> str:
    """What a metric needs and is not loaded, as words; empty where nothing is."""
    told = connection.execute("select name, lacks from marts.dim_availability where kind = 'table'").fetchall()
    lacks = dict(told)
    unknown = [need for need in metric.needs if need not in lacks]
    if unknown:
        raise BuildError(
            [f"{metric.name} needs {', '.join(unknown)}, which marts/dim_availability.sql does not list. Add it there."]
        )
    return ", ".join(lacks[need] for need in metric.needs if lacks[need])


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
