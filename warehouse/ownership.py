"""Whose number a metric is: compiled models -> column lineage -> the raw tables behind each value, and their owners.

A fact belongs to one system of record. Its value columns are followed, column by column, through every model down to
the raw tables; what they come from must be that system's and no other's. Exchange rates (shared), who belongs together
(engagements, clients, the calendar) and what people decided (seeds) may be passed through. Columns that rows are
filtered by are followed in the same way: a filter on another system's column is another system's decision.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope
from sqlglot.schema import MappingSchema

from warehouse.definitions import Definitions, Metric
from warehouse.errors import BuildError

# Models that only say what belongs together or when: lineage ends at them.
IDENTITY = frozenset(
    {
        "intermediate.int_client_members",
        "intermediate.int_engagement_members",
        "intermediate.int_engagement_references",
        "intermediate.int_project_references",
        "intermediate.int_systems",
        "marts.dim_clients",
        "marts.dim_days",
        "marts.dim_engagements",
    }
)
ENDS = ("canonical.", "staging.")  # below them, SQL differs from home to home
SHARED = "shared"  # what no system owns, such as exchange rates
UNCHECKED = ("tieout", SHARED)  # about the warehouse itself, or a comparison on purpose

Column = tuple[str, str]  # "schema.table" (or "raw.schema.table"), "column"
Path_ = tuple[Column, ...]


@dataclass(frozen=True)
class Origins:
    """Where a column's value comes from, and what its rows are filtered by: canonical column -> the way to it."""

    values: Mapping[Column, Path_] = field(default_factory=dict)
    filters: Mapping[Column, Path_] = field(default_factory=dict)


class Lineage:
    """Column lineage through the models of one build. Each model is parsed once, each column followed once."""

    def __init__(self, models: Mapping[str, str], columns: Mapping[str, Iterable[str]]) -> None:
        """`models`: compiled SQL by "schema.table". `columns`: names by relation, raw ones as "raw.schema.table".

        A model whose columns are not given has those that it selects.
        """
        self._models = models
        self._known: set[str] = set()
        self._schema = MappingSchema(dialect="duckdb", normalize=False)
        for relation, names in columns.items():
            self._learn(relation, names)
        self._queries: dict[str, _Query] = {}
        self._found: dict[Column, Origins] = {}
        self._raw: dict[Column, frozenset[str]] = {}

    def origins(self, relation: str, column: str) -> Origins:
        """The canonical columns behind one column of a relation. Seeds and identity models have none."""
        key = (relation, column.lower())
        if key not in self._found:
            self._found[key] = Origins()  # a recursive model ends here
            if relation.startswith(ENDS):
                self._found[key] = Origins({key: (key,)})
            elif relation in self._models and relation not in IDENTITY:
                self._found[key] = self._follow(key, self._query(relation).used_by(key[1]))
        return self._found[key]

    def raw_tables(self, relation: str, column: str) -> frozenset[str]:
        """The raw tables behind one column of a canonical table, as "raw.raw_<system>.<table>"."""
        key = (relation, column.lower())
        if key not in self._raw:
            self._raw[key] = frozenset()
            if relation.startswith("raw."):
                self._raw[key] = frozenset({relation})
            elif relation in self._models:
                upstream = self._query(relation).used_by(key[1]).values
                self._raw[key] = frozenset().union(*(self.raw_tables(*found) for found in upstream))
        return self._raw[key]

    def expression_origins(self, relation: str, expression: str) -> Origins:
        """The canonical columns behind an expression over one relation's columns."""
        tree = sqlglot.parse_one(expression, dialect="duckdb")
        columns = {column.name.lower() for column in tree.find_all(exp.Column)}
        values: dict[Column, Path_] = {}
        filters: dict[Column, Path_] = {}
        for column in sorted(columns):
            found = self.origins(relation, column)
            values.update(found.values)
            filters.update(found.filters)
        return Origins(values, filters)

    def _follow(self, key: Column, used: _Used) -> Origins:
        values: dict[Column, Path_] = {}
        filters: dict[Column, Path_] = {}
        for upstream in sorted(used.values):
            found = self.origins(*upstream)
            values.update({origin: (key, *way) for origin, way in found.values.items() if origin not in values})
            filters.update({origin: (key, *way) for origin, way in found.filters.items() if origin not in filters})
        for upstream in sorted(used.filters):
            found = self.origins(*upstream)
            filters.update({origin: (key, *way) for origin, way in found.values.items() if origin not in filters})
        return Origins(values, filters)

    def _query(self, relation: str) -> _Query:
        if relation not in self._queries:
            try:
                tree = sqlglot.parse_one(self._models[relation], dialect="duckdb")
            except sqlglot.errors.ParseError as error:
                line = str(error).splitlines()[0]
                raise BuildError(
                    [f"The lineage of {relation} cannot be followed: {line} Write it more plainly."]
                ) from error
            for table in tree.find_all(exp.Table):
                read = f"{table.db}.{table.name}"
                if read in self._models and read not in self._known:
                    self._learn(read, self._query(read).columns)
                if table.db and not table.catalog:
                    table.set("catalog", exp.to_identifier("build"))
            qualified = qualify(
                tree,
                schema=self._schema,
                dialect="duckdb",
                validate_qualify_columns=False,
                quote_identifiers=False,
                identify=False,
            )
            scope = build_scope(qualified)
            assert scope is not None, relation
            self._queries[relation] = _Query(relation, scope)
        return self._queries[relation]

    def _learn(self, relation: str, columns: Iterable[str]) -> None:
        self._known.add(relation)
        catalog, schema, table = ("build", *relation.split("."))[-3:]
        named = exp.table_(table, db=schema, catalog=catalog)
        self._schema.add_table(named, dict.fromkeys(columns, "unknown"), dialect="duckdb", normalize=False)


@dataclass
class _Used:
    """Columns of other relations that a column's value, and the rows it stands in, depend on."""

    values: set[Column] = field(default_factory=set)
    filters: set[Column] = field(default_factory=set)

    def add(self, other: _Used) -> None:
        self.values |= other.values
        self.filters |= other.filters


class _Query:
    """One model's SQL, with every query inside it."""

    def __init__(self, relation: str, root: Scope) -> None:
        self._relation = relation
        self._root = root
        self._scopes = {id(scope.expression): scope for scope in root.traverse()}
        self._known: dict[tuple[int, str], _Used] = {}

    @property
    def columns(self) -> list[str]:
        return _output_names(self._root.expression)

    def used_by(self, column: str) -> _Used:
        """What an output column depends on outside the query."""
        return self._selected(self._root, column)

    def _selected(self, scope: Scope, column: str) -> _Used:
        key = (id(scope), column)
        if key in self._known:
            return self._known[key]
        used = self._known[key] = _Used()  # a recursive query ends here
        query = scope.expression
        if isinstance(query, exp.SetOperation):
            names = _output_names(query)
            for branch in scope.set_operation_scopes:
                branch_names = _output_names(branch.expression)
                wanted = column if query.args.get("by_name") else branch_names[names.index(column)]
                if wanted in branch_names:
                    used.add(self._selected(branch, wanted))
        elif isinstance(query, exp.Select):
            for selected in query.selects:
                if selected.alias_or_name.lower() == column:
                    used.add(self._referenced(selected))
            for clause in ("where", "having", "qualify"):
                condition = query.args.get(clause)
                if condition is not None:
                    found = self._referenced(condition)
                    used.filters |= found.values | found.filters
        else:  # a table function: whatever it is given
            used.add(self._referenced(query))
        return used

    def _referenced(self, expression: exp.Expr) -> _Used:
        """What the columns in an expression depend on, those of subqueries inside it too."""
        used = _Used()
        for column in expression.find_all(exp.Column):
            for source in self._sources(column):
                if isinstance(source, Scope):
                    used.add(self._selected(source, column.name.lower()))
                else:
                    used.values.add((_relation(source), column.name.lower()))
        return used

    def _sources(self, column: exp.Column) -> list[exp.Table | Scope]:
        """What a column's table stands for, in its own query or in those around it.

        A lambda's parameter comes from nowhere else; any other column without a table may come from each.
        """
        scope = self._scopes.get(id(column.parent_select))
        if not column.table:
            if scope is None or column.find_ancestor(exp.Lambda):
                return []
            return [source for source in scope.sources.values() if isinstance(source, Scope) or source.db]
        while scope is not None:
            source = scope.sources.get(column.table)
            if isinstance(source, Scope) or (isinstance(source, exp.Table) and source.db):
                return [source]
            scope = scope.parent
        raise BuildError(
            [f"The lineage of {self._relation} cannot be followed: nobody knows {column.sql(dialect='duckdb')}."]
        )


def _output_names(query: exp.Expr) -> list[str]:
    return [name.lower() for name in query.named_selects] if isinstance(query, exp.Query) else []


def _relation(table: exp.Table) -> str:
    prefix = "raw." if table.catalog == "raw" else ""
    return f"{prefix}{table.db}.{table.name}".lower()


@dataclass(frozen=True)
class Owners:
    """Which role owns each raw table: the rows of systems.csv and the vendor of each configured system."""

    sources: Mapping[str, str]
    roles: Mapping[tuple[str, str, str], str]

    @classmethod
    def read(cls, seed: Path, sources: Mapping[str, str]) -> Owners:
        """`sources`: system name -> its source, such as salesforce. In the seed, the system `*` stands for any."""
        with seed.open(newline="") as text:
            roles = {(row["system"], row["source"], row["table_name"]): row["role"] for row in csv.DictReader(text)}
        return cls(sources, roles)

    def role(self, relation: str) -> str | None:
        """The role that owns raw.raw_<system>.<table>; None where nobody says."""
        system, table = relation.removeprefix("raw.raw_").split(".", 1)
        source = self.sources.get(system, "")
        for named in (system, "*"):
            if (named, source, table) in self.roles:
                return self.roles[named, source, table]
        return None


def read_models(manifest: Path) -> dict[str, str]:
    """Compiled SQL by "schema.table" out of a build's manifest.json; Python models have none."""
    nodes = json.loads(manifest.read_text())["nodes"].values()
    return {
        f"{node['schema']}.{node['alias']}": node["compiled_code"]
        for node in nodes
        if node["resource_type"] == "model" and node["language"] == "sql" and node.get("compiled_code")
    }


def measured(metric: Metric, definitions: Definitions) -> list[tuple[str, str]]:
    """What a metric adds up: for each simple metric in it, its mart and the expression over the mart's columns."""
    found = []
    for leaf in definitions.leaves(metric):
        measure, model = definitions.measure(leaf)
        relation = model["node_relation"]
        found.append((f"{relation['schema_name']}.{relation['alias']}", measure["expr"] or measure["name"]))
    return found


def faults(definitions: Definitions, lineage: Lineage, owners: Owners) -> list[str]:
    """A sentence for each fact that draws on what its system of record does not own, and for each ambiguous name."""
    found = _names(definitions)
    for metric in definitions.all.values():
        owner = str(metric.meta.get("system_of_record"))
        if metric.meta.get("kind") == "comparison" or owner in UNCHECKED:
            continue
        for relation, expression in measured(metric, definitions):
            found += _leaf_faults(metric, owner, relation, expression, lineage, owners)
    return list(dict.fromkeys(found))


def _leaf_faults(
    metric: Metric, owner: str, relation: str, expression: str, lineage: Lineage, owners: Owners
) -> list[str]:
    found = []
    origins = lineage.expression_origins(relation, expression)
    for does, ways in (("draws its value from", origins.values), ("counts only rows chosen by", origins.filters)):
        for column, way in ways.items():
            roles = {raw.removeprefix("raw."): owners.role(raw) for raw in sorted(lineage.raw_tables(*column))}
            foreign = {raw: role for raw, role in roles.items() if role not in (owner, SHARED)}
            if foreign:
                whose = " and ".join(f"{raw} ({role or 'not in systems.csv'})" for raw, role in foreign.items())
                model = way[-2] if len(way) > 1 else (relation, expression)
                found.append(
                    f"The metric {metric.name} belongs to {owner}, but {does} {'.'.join(column)}, which {whose} tells; "
                    f"it enters in {'.'.join(model)}. Take it from {owner}, or make the metric a comparison."
                )
    return found


def _names(definitions: Definitions) -> list[str]:
    names = {name: f"the metric {name}" for name in definitions.all}
    for model in definitions.manifest["semantic_models"]:
        for element in (*model["measures"], *model["dimensions"], *model["entities"]):
            names[element["name"]] = f"{element['name']} of the semantic model {model['name']}"
    return [
        f"{told} is called just revenue: say which of the five." for name, told in names.items() if name == "revenue"
    ]


def described(metric: Metric, definitions: Definitions, lineage: Lineage) -> list[str]:
    """The canonical columns that a metric's value comes from, sorted: the same whatever systems fill them.

    What is about the warehouse itself comes from everywhere: its lineage ends at its mart.
    """
    if metric.meta.get("system_of_record") == "tieout":
        return sorted({relation for relation, _ in measured(metric, definitions)})
    columns: set[Column] = set()
    for relation, expression in measured(metric, definitions):
        columns |= set(lineage.expression_origins(relation, expression).values)
    return sorted(".".join(column) for column in columns)
