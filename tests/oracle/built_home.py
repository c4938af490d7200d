"""A warehouse built from made-up tables by the product itself, opened for questions.

tables -> home (CSV files) -> `tieout load`, `tieout build` -> the built file, with schema `semantic`'s macros.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from .home import write_home
from .records import Settings

Tables = dict[str, list[dict[str, Any]]]
# All that the bridges are made of; what else a warehouse holds is not asked about here.
BRIDGE_MODELS = (
    "fct_variance_balances", "fct_bridge_deltas", "fct_revenue_balances", "engagement_members", "dim_availability",
    "fct_time_entries",
)  # fmt: skip
BRIDGE_MACROS = ("revenue_as_of", "bridge_ends", "bridge_by_engagement", "bridge", "movement")
MACROS = Path(__file__).parents[2] / "warehouse" / "semantic_macros.sql"


def tieout(home: Path, *arguments: str) -> str:
    """Run the command on a home; what it printed. A failure is shown whole."""
    command = [sys.executable, "-m", "warehouse.cli", "--home", str(home), *arguments]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, f"{' '.join(arguments)}: {result.stdout[-2000:]}\n{result.stderr[-4000:]}"
    return result.stdout


def built(home: Path, settings: Settings, *loads: tuple[Tables, datetime | None]) -> duckdb.DuckDBPyConnection:
    """Write and load the tables, one export after another, and build. Returns a connection to the built file."""
    for tables, exported_at in loads:
        write_home(home, tables, settings, exported_at)
        tieout(home, "load")
    needed = [f"+{model}" for model in BRIDGE_MODELS]
    tieout(home, "build", "--dev", "--select", *needed, "--exclude", "resource_type:test", "resource_type:unit_test")
    connection = duckdb.connect(str(home / "build" / "dev" / "warehouse.duckdb"))
    connection.execute("create schema if not exists semantic")
    for statement in duckdb.extract_statements(MACROS.read_text(encoding="utf-8")):
        if any(f"create or replace macro semantic.{macro}(" in statement.query for macro in BRIDGE_MACROS):
            connection.execute(statement)
    return connection
