"""What can leave the warehouse, and in which shape: a snapshot -> its relations in `marts` and `semantic`, as SELECTs.

Beside the tables and views stand two relations that are not in the file: the bridges as of the business day, which an
analyst in DuckDB would ask the table macros for, and which no other program could.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from warehouse.checks import BRIDGES
from warehouse.connect import Warehouse
from warehouse.errors import SettingsError
from warehouse.figures import told_measures
from warehouse.metric_queries import suggestion

SCHEMAS = ("marts", "semantic")
# Whatever is none of these leaves as text: as JSON if it is nested, else as DuckDB writes it.
PLAIN_TYPE = re.compile(
    r"BOOLEAN|U?(TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|DATE|TIMESTAMP( WITH TIME ZONE)?|VARCHAR"
)
NESTED_TYPE = re.compile(r"JSON|(STRUCT|MAP|UNION)\(.*|.*\]", re.DOTALL)
EXACT_TYPE = re.compile(r"U?(TINY|SMALL|BIG)INT|U?INTEGER|DECIMAL\(\d+,\d+\)")

RELATIONS = """
    with relations as (
        select schema_name, table_name as relation_name, comment from duckdb_tables()
        where database_name = current_database()
        union all
        select schema_name, view_name, comment from duckdb_views() where database_name = current_database()
    )
    select
        r.schema_name, r.relation_name, coalesce(r.comment, '') as comment,
        list([c.column_name, c.data_type, coalesce(c.comment, '')] order by c.column_index) as columns
    from relations as r
    inner join duckdb_columns() as c
        on c.schema_name = r.schema_name and c.table_name = r.relation_name and c.database_name = current_database()
    where list_contains($schemas, r.schema_name)
    group by all
    order by all
"""

# The drivers of one bridge between the two metrics that it leads from and to.
STEPS = """
    select '{bridge}' as bridge, 0 as place, 'start' as step, '{start}' as name, cast(null as varchar) as label,
        cast(null as varchar) as class, sum(e.start_amount) as amount, cast(null as bigint) as item_count
    from semantic.bridge_ends('{bridge}', date '{day}') as e
    union all
    select '{bridge}', d.position, 'driver', b.driver, b.label, b.class, b.amount, b.item_count
    from semantic.bridge('{bridge}', date '{day}') as b
    inner join seeds.variance_drivers as d on d.bridge = '{bridge}' and d.driver = b.driver
    union all
    select '{bridge}', 2147483647, 'end', '{end}', null, null, sum(e.end_amount), null
    from semantic.bridge_ends('{bridge}', date '{day}') as e
"""
ALL_STEPS = """
    select
        s.bridge, cast(row_number() over (partition by s.bridge order by s.place, s.class) as integer) as position,
        s.step, s.name, coalesce(s.label, m.label) as label, s.class, cast(s.amount as decimal(18, 2)) as amount,
        s.item_count
    from ({steps}) as s
    left join semantic.metric_catalog as m on m.metric = s.name and s.step <> 'driver'
"""
BY_ENGAGEMENT = """
    select '{bridge}' as bridge, b.engagement_id, b.driver, b.label, b.class, b.amount, b.item_count
    from semantic.bridge_by_engagement('{bridge}', date '{day}') as b
"""


@dataclass(frozen=True)
class Column:
    """A column as it leaves: `type` is a plain type of DuckDB or JSON, `expression` its SQL in the relation."""

    name: str
    type: str
    expression: str
    description: str

    @property
    def is_exact(self) -> bool:
        """Whether it holds decimals or whole numbers, whose sum proves that all arrived."""
        return EXACT_TYPE.fullmatch(self.type) is not None


@dataclass(frozen=True)
class Relation:
    """A table or view as it leaves; `source` is what its SELECT reads from."""

    schema: str
    name: str
    description: str
    columns: tuple[Column, ...]
    source: str

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def sql(self) -> str:
        """The SELECT of all its rows."""
        columns = ", ".join(f"{column.expression} as {quoted_name(column.name)}" for column in self.columns)
        return f"select {columns} from {self.source}"


def relations(warehouse: Warehouse) -> dict[str, Relation]:
    """Every relation of `marts` and `semantic`, and the bridges as of the business day, by full name."""
    _, rows = warehouse.rows(RELATIONS, {"schemas": list(SCHEMAS)})
    found = [
        Relation(
            schema,
            name,
            description,
            tuple(_column(*column) for column in columns),
            f"{quoted_name(schema)}.{quoted_name(name)}",
        )
        for schema, name, description, columns in rows
    ]
    found += [bridges(warehouse), _bridges_by_engagement(warehouse)]
    return {relation.full_name: relation for relation in found}


def chosen(warehouse: Warehouse, names: Sequence[str]) -> list[Relation]:
    """The relations of these names, each once. Raises SettingsError with the names that are near an unknown one."""
    known = relations(warehouse)
    known |= {f"semantic.{bridge}": bridges(warehouse, bridge) for bridge in told_bridges(warehouse)}
    for name in names:
        if name not in known:
            raise SettingsError(
                f"There is nothing called {name!r} to export.{suggestion(name, list(known))} "
                "Names are semantic.<view> or marts.<table>: `tieout query` and docs/analysts.md list them."
            )
    return [known[name] for name in dict.fromkeys(names)]


def told_bridges(warehouse: Warehouse) -> list[str]:
    """The bridges of which loaded systems tell both ends."""
    told = told_measures(warehouse)
    return [bridge for bridge in BRIDGES if bridge in told]


def bridges(warehouse: Warehouse, only: str | None = None) -> Relation:
    """The bridges (or one) as of the business day: each from its first metric over its drivers to its last."""
    day = business_day(warehouse)
    wanted = [bridge for bridge in told_bridges(warehouse) if only in (None, bridge)]
    steps = [STEPS.format(bridge=b, start=BRIDGES[b][0], end=BRIDGES[b][1], day=day) for b in wanted]
    none = STEPS.format(bridge="none", start="", end="", day=day)  # for its columns, where there is no bridge
    source = ALL_STEPS.format(steps=" union all ".join(steps) or f"select * from ({none}) where false")
    return Relation(
        "semantic",
        only or "bridges",
        f"{f'The bridge {only}' if only else 'The bridges'} as of {day}: start, drivers, end. The drivers add up to "
        "end less start. One row per bridge, driver and class.",
        (
            _column("bridge", "VARCHAR", "Which two metrics it explains the difference of."),
            _column("position", "INTEGER", "The order of its steps."),
            _column("step", "VARCHAR", "start, driver or end."),
            _column("name", "VARCHAR", "The metric, or the driver."),
            _column("label", "VARCHAR", "What a person calls it."),
            _column("class", "VARCHAR", "expected, needs_action, accepted_loss or missing_data; empty for the ends."),
            _column("amount", "DECIMAL(18,2)", "In the reporting currency."),
            _column("item_count", "BIGINT", "How many items a driver's amount is made of."),
        ),
        f"({source})",
    )


def _bridges_by_engagement(warehouse: Warehouse) -> Relation:
    day = business_day(warehouse)
    none = BY_ENGAGEMENT.format(bridge="none", day=day)  # a bridge that has no rows, for its columns
    parts = [none, *(BY_ENGAGEMENT.format(bridge=bridge, day=day) for bridge in told_bridges(warehouse))]
    whole = bridges(warehouse)
    columns = {column.name: column for column in whole.columns}
    return replace(
        whole,
        name="bridges_by_engagement",
        description=f"The drivers of the bridges as of {day}. One row per bridge, engagement, driver and class.",
        columns=(
            columns["bridge"],
            _column("engagement_id", "VARCHAR", "The engagement: marts.dim_engagements."),
            _column("driver", "VARCHAR", "Why the two metrics differ."),
            *(columns[name] for name in ("label", "class", "amount", "item_count")),
        ),
        source=f"({' union all '.join(parts)})",
    )


def business_day(warehouse: Warehouse) -> date:
    """The day as of which the snapshot stands."""
    return date.fromisoformat(warehouse.manifest["business_day"])


def quoted_name(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _column(name: str, data_type: str, description: str) -> Column:
    quoted = quoted_name(name)
    if PLAIN_TYPE.fullmatch(data_type):
        return Column(name, data_type, quoted, description)
    if data_type in ("HUGEINT", "UHUGEINT"):
        return Column(name, "DECIMAL(38,0)", f"cast({quoted} as decimal(38, 0))", description)
    if NESTED_TYPE.fullmatch(data_type):
        return Column(name, "JSON", f"cast(to_json({quoted}) as varchar)", description)
    return Column(name, "VARCHAR", f"cast({quoted} as varchar)", description)
