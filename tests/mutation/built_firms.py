"""A built warehouse of made-up firms in which one model can be made wrong, everything after it rebuilt, and taken back.

made-up firms -> tieout load, tieout build -> the built file -> (fault) -> which nets catch it

A fault is put in within a transaction that is rolled back, and rebuilding runs dbt's own compiled SQL, so that a fault
costs a second and dbt is started once.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
from mutation.faults import Fault
from oracle.built_home import MACROS, tieout
from oracle.home import write_home
from oracle.random_firm import ZONE, random_firm, together, withdraw
from oracle.records import Firm

Types = list[tuple[str, str]]


@dataclass(frozen=True)
class Model:
    """One dbt model: its relation (schema, name), its compiled SQL or its Python file, its parents' unique ids."""

    id: str
    name: str
    relation: str
    kind: str  # table, view or python
    sql: str
    file: Path
    parents: tuple[str, ...]
    has_contract: bool


class BuiltFirms:
    """The built file, open read-write, with raw beside it; dbt's models and tests in the order they are built."""

    def __init__(self, home: Path) -> None:
        build = home / "build" / "dev"
        manifest = json.loads((build / "project" / "target" / "manifest.json").read_text(encoding="utf-8"))
        nodes = manifest["nodes"]
        self.models = {m.id: m for m in (as_model(node, build / "project") for node in in_order(nodes))}
        self.tests = {
            node["name"]: (node["compiled_code"], set(node["depends_on"]["nodes"]))
            for node in nodes.values()
            if node["resource_type"] == "test"
        }
        self.connection = duckdb.connect(str(build / "warehouse.duckdb"))
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute(f"attach '{home / 'raw.duckdb'}' as raw (read_only)")
        self.connection.execute("create schema if not exists semantic")
        self.connection.execute(MACROS.read_text(encoding="utf-8"))
        self.prints = {m.id: self.print_of(m) for m in self.models.values() if m.kind != "view"}
        self.types = {m.id: self.types_of(m) for m in self.models.values() if m.has_contract}

    def print_of(self, model: Model) -> tuple[Any, ...]:
        """A fingerprint of what a table holds: equal for equal rows in whatever order."""
        query = f"select count(*), sum(cast(hash(t) as hugeint) % 1000000007) from {model.relation} as t"
        return self.connection.execute(query).fetchall()[0]

    def types_of(self, model: Model) -> Types:
        return [(row[0], row[1]) for row in self.connection.execute(f"describe {model.relation}").fetchall()]

    @contextmanager
    def with_fault(self, fault: Fault) -> Iterator[set[str]]:
        """The warehouse as it would be with the fault; gives the ids of the models that changed. Takes it all back."""
        faulty = next(model for model in self.models.values() if model.name == fault.model)
        self.connection.execute("begin")
        try:
            changed: set[str] = set()
            for model in self.models.values():
                if model is faulty:
                    self.build(model, fault.sql(model.sql))
                elif changed.isdisjoint(model.parents):
                    continue
                elif model.kind != "view":
                    self.build(model, model.sql)
                if model.kind == "view" or self.print_of(model) != self.prints[model.id] or model is faulty:
                    changed.add(model.id)
            yield changed
        finally:
            self.connection.execute("rollback")

    def build(self, model: Model, sql: str) -> None:
        if model.kind == "python":
            made = python_model(model.file)(self.dbt(), self.connection)
            self.connection.register("made", made)
            sql = "select * from made"
        kind = "view" if model.kind == "view" else "table"
        self.connection.execute(f"create or replace {kind} {model.relation} as {sql}")

    def dbt(self) -> SimpleNamespace:
        """What dbt gives a Python model."""
        relations = {model.name: model.relation for model in self.models.values()}
        return SimpleNamespace(
            config=lambda **_: None, ref=lambda name: self.connection.sql(f"select * from {relations[name]}")
        )


def in_order(nodes: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The models, each after those it is made of."""
    left = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
    while left:
        ready = [key for key, node in left.items() if not any(parent in left for parent in node["depends_on"]["nodes"])]
        assert ready, "models depend on each other in a circle"
        for key in ready:
            yield left.pop(key)


def as_model(node: dict[str, Any], project: Path) -> Model:
    is_python = node["language"] == "python"
    return Model(
        id=node["unique_id"],
        name=node["name"],
        relation=f'"{node["schema"]}"."{node["name"]}"',
        kind="python" if is_python else node["config"]["materialized"],
        sql="" if is_python else node["compiled_code"],
        file=project / node["original_file_path"],
        parents=tuple(node["depends_on"]["nodes"]),
        has_contract=node["config"]["contract"]["enforced"],
    )


def python_model(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.model


def build_firms(home: Path, number: int) -> Firm:
    """Load made-up firms twice, the second time without what was withdrawn, and build them with dbt's tests."""
    tables, settings = together([random_firm(seed, f"S{seed}") for seed in range(number)])
    withdrawn_at = datetime(2026, 4, 20, 12, tzinfo=ZONE)
    left = withdraw(tables, 7, withdrawn_at)
    for export, exported_at in ((tables, withdrawn_at - timedelta(days=1)), (left, withdrawn_at)):
        write_home(home, export, settings, exported_at)
        tieout(home, "load")
    tieout(home, "build", "--dev", "--exclude", "resource_type:unit_test")
    return Firm(left, settings)
