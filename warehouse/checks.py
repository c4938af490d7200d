"""What must hold of a warehouse file before anyone reads it: (connection) -> {check: what failed, empty if nothing}.

Each check is SQL that returns one sentence per thing that is wrong. They run on the file opened cold and read-only,
just as a reader opens it, after dbt's own tests (parity with raw, contracts, unit tests) have passed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import duckdb

PUBLISHED_SCHEMAS = ("canonical", "marts", "semantic", "seeds")
DROPPED_SCHEMAS = ("staging", "intermediate")

# Names that others build on: they never go away and never change what they are.
PUBLISHED_RELATIONS = (
    "marts.dim_engagements",
    "marts.engagement_members",
    "marts.fct_duplicate_candidates",
    "marts.fct_exceptions",
    "marts.fct_ledger_ties",
    "marts.fct_loads",
    "marts.fct_ownership_breaches",
    "marts.fct_quarantined_rows",
    "marts.fct_variance_items",
    "semantic.metric_catalog",
    "semantic.revenue_monthly",
)
PUBLISHED_MACROS = ("bridge", "bridge_by_engagement", "bridge_ends", "movement", "revenue_as_of")

# Each bridge leads from one metric to the next; its drivers add up to the difference.
BRIDGES = {
    "sold_to_planned": ("sold_revenue", "planned_revenue"),
    "planned_to_billed": ("planned_revenue", "billed_revenue"),
    "billed_to_recognized": ("billed_revenue", "recognized_revenue"),
    "billed_to_collected": ("billed_revenue", "collected_cash"),
}

# The first and last day on which anything changes, and the days that cut what lies between into eighths.
BRIDGE_DATES = """
    select distinct day
    from (
        select unnest(quantile_disc(effective_from, [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1])) as day
        from marts.fct_variance_items
    )
    where day is not null
    order by day
"""

# By engagement: what the drivers of one bridge add up to, and the difference they must explain. A bridge to a metric
# that no loaded system tells has neither ends nor drivers.
BRIDGE_TIES = """
    with explained as (
        select engagement_id, sum(amount) as amount
        from semantic.bridge_by_engagement($bridge, $day)
        group by engagement_id
    )
    select
        'bridge ' || $bridge || ' as of ' || $day || ' does not tie for ' || coalesce(m.engagement_id, e.engagement_id)
        || ': its drivers add up to ' || coalesce(e.amount, 0) || ', its ends differ by '
        || coalesce(m.end_amount - m.start_amount, 0)
    from explained as e
    full outer join semantic.bridge_ends($bridge, $day) as m on m.engagement_id = e.engagement_id
    where coalesce(e.amount, 0) <> coalesce(m.end_amount - m.start_amount, 0)
    order by all
    limit 5
"""

# A bridge that ties to other ends than the metrics explains nothing. Where a ledger takes no part in a bridge (it posts
# no revenue, takes no payments), what it billed is in the metric and not in the bridge: of those the end is compared.
BRIDGE_ENDS = """
    with metrics as (
        select sum({start}) as start_amount, sum({end}) as end_amount from semantic.revenue_as_of($day)
    ),
    ends as (
        select sum(start_amount) as start_amount, sum(end_amount) as end_amount
        from semantic.bridge_ends($bridge, $day)
    )
    select
        'bridge ' || $bridge || ' as of ' || $day || ' leads from ' || coalesce(e.start_amount, 0) || ' to '
        || coalesce(e.end_amount, 0) || '; the metrics are {start} ' || m.start_amount || ' and {end} ' || m.end_amount
    from metrics as m
    cross join ends as e
    where m.start_amount is not null and m.end_amount is not null and (
        coalesce(e.end_amount, 0) <> m.end_amount
        or ({is_start_whole} and coalesce(e.start_amount, 0) <> m.start_amount)
    )
"""

# The firm's bridge is summed up while the warehouse is built, an engagement's when it is asked for.
BRIDGE_TOTALS = """
    with parts as (
        select driver, class, amount as told, 0 as by_engagement, item_count as told_items, 0 as items
        from semantic.bridge($bridge, $day)
        union all
        select driver, class, 0, amount, 0, item_count from semantic.bridge_by_engagement($bridge, $day)
    )
    select
        'bridge ' || $bridge || ' as of ' || $day || ' has ' || sum(told) || ' of ' || driver || ' as ' || class || ' ('
        || sum(told_items) || ' items), by engagement ' || sum(by_engagement) || ' (' || sum(items) || ' items)'
    from parts
    group by driver, class
    having sum(told) <> sum(by_engagement) or sum(told_items) <> sum(items)
    order by all
    limit 5
"""

MISSING_RELATIONS = """
    select name || ' is not there'
    from (select unnest($names) as name)
    where name not in (
        select table_schema || '.' || table_name from information_schema.tables
        where table_catalog = current_catalog()
    )
    union all
    select 'the macro semantic.' || name || ' is not there'
    from (select unnest($macros) as name)
    where name not in (
        select function_name from duckdb_functions()
        where database_name = current_catalog() and schema_name = 'semantic' and function_type = 'table_macro'
    )
"""

LEFTOVERS = """
    select 'the schema ' || schema_name || ' is not for readers and must be dropped'
    from information_schema.schemata
    where catalog_name = current_catalog() and list_contains($schemas, schema_name)
"""

UNCOMMENTED = """
    with uncommented as (
        select schema_name || '.' || table_name as name from duckdb_tables()
        where database_name = current_catalog() and comment is null
        union all
        select schema_name || '.' || view_name from duckdb_views()
        where database_name = current_catalog() and not internal and comment is null
        union all
        select schema_name || '.' || table_name || '.' || column_name from duckdb_columns()
        where database_name = current_catalog() and not internal and comment is null
        union all
        select schema_name || '.' || function_name from duckdb_functions()
        where database_name = current_catalog() and schema_name = 'semantic' and not internal and comment is null
    )
    select name || ' has no description'
    from uncommented
    where list_contains($schemas, split_part(name, '.', 1))
    order by name
"""

LOADS_ADD_UP = """
    select system || '.' || table_name || ' in load ' || load_id || ': ' || rows_read || ' rows read, '
        || rows_loaded || ' loaded and ' || rows_quarantined || ' quarantined'
    from marts.fct_loads
    where status = 'finished' and rows_read <> rows_loaded + rows_quarantined
"""

VIEWS = """
    select schema_name || '."' || view_name || '"' from duckdb_views()
    where database_name = current_catalog() and not internal order by all
"""


def check_warehouse(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Every check by name with the sentences of what is wrong; a check that cannot run is wrong with DuckDB's message.

    `connection` has the warehouse as its current catalog.
    """
    found: dict[str, list[str]] = {}
    for name, check in CHECKS.items():
        try:
            found[name] = check(connection)
        except duckdb.Error as error:
            found[name] = [f"{name} could not be checked: {error}"]
    return found


def _sentences(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, object]) -> list[str]:
    return [row[0] for row in connection.execute(sql, parameters).fetchall()]


def _names_are_there(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return _sentences(
        connection, MISSING_RELATIONS, {"names": list(PUBLISHED_RELATIONS), "macros": list(PUBLISHED_MACROS)}
    )


def _inner_layers_are_dropped(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return _sentences(connection, LEFTOVERS, {"schemas": list(DROPPED_SCHEMAS)})


def _views_select(connection: duckdb.DuckDBPyConnection) -> list[str]:
    broken = []
    for (view,) in connection.execute(VIEWS).fetchall():
        try:
            connection.execute(f"select * from {view} limit 1").fetchall()
        except duckdb.Error as error:
            broken.append(f"the view {view} cannot be read: {error}")
    return broken


def _bridges_tie(connection: duckdb.DuckDBPyConnection) -> list[str]:
    broken: list[str] = []
    days: list[date] = [row[0] for row in connection.execute(BRIDGE_DATES).fetchall()]
    for bridge, (start, end) in BRIDGES.items():
        for day in days:
            parameters = {"bridge": bridge, "day": day}
            ends = BRIDGE_ENDS.format(start=start, end=end, is_start_whole=start != "billed_revenue")
            for sql in (BRIDGE_TIES, BRIDGE_TOTALS, ends):
                broken += _sentences(connection, sql, parameters)
    return broken


def _loads_add_up(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return _sentences(connection, LOADS_ADD_UP, {})


def _everything_is_described(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return _sentences(connection, UNCOMMENTED, {"schemas": list(PUBLISHED_SCHEMAS)})


CHECKS: dict[str, Callable[[duckdb.DuckDBPyConnection], list[str]]] = {
    "published names are there": _names_are_there,
    "inner layers are dropped": _inner_layers_are_dropped,
    "every view selects": _views_select,
    "every bridge ties": _bridges_tie,
    "rows read = loaded + quarantined": _loads_add_up,
    "everything is described": _everything_is_described,
}
