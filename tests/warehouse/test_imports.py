"""The import rules hold: each folder knows only what it may, and a new file cannot slip past the linter."""

import ast
import tomllib
from pathlib import Path

import pytest

from warehouse.settings import REPOSITORY

APP_MAY_IMPORT = {"warehouse.connect", "warehouse.semantics", "warehouse.settings"}


def imported(file: Path) -> set[str]:
    """Every module that a file imports, also inside its functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def files(folder: str) -> list[Path]:
    return sorted((REPOSITORY / folder).rglob("*.py"))


def roots(file: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(file)}


@pytest.mark.parametrize("folder", ["ingestion", "warehouse", "app"])
def test_each_folder_imports_only_what_it_may(folder: str) -> None:
    forbidden = {
        "ingestion": {"warehouse", "app", "dbt", "metricflow"},
        "warehouse": {"app"},
        "app": {"ingestion", "dlt", "dbt", "duckdb", "metricflow"},
    }[folder]
    assert files(folder), f"{folder} is empty: this test would prove nothing"
    assert {file.name: roots(file) & forbidden for file in files(folder) if roots(file) & forbidden} == {}


def test_only_semantics_imports_metricflow() -> None:
    users = {
        file.name
        for folder in ("ingestion", "warehouse", "app")
        for file in files(folder)
        if roots(file) & {"metricflow", "metricflow_semantics", "dbt_metricflow"}
    }
    assert users <= {"semantics.py"}


def test_the_linter_bans_every_warehouse_module_that_the_app_may_not_import() -> None:
    ruff = tomllib.loads((REPOSITORY / "app" / "ruff.toml").read_text())
    banned = {name for name in ruff["lint"]["flake8-tidy-imports"]["banned-api"] if name.startswith("warehouse.")}
    modules = {f"warehouse.{file.stem}" for file in files("warehouse") if file.stem != "__init__"}
    assert banned >= modules - APP_MAY_IMPORT
    assert not banned & APP_MAY_IMPORT
