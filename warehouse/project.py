"""What dbt is given: dbt_project/ + a home's decisions + what raw.duckdb holds -> build/<id>/project and its variables.

A home's decisions/<seed>.csv stands in for the repository's seed of that name (dbt refuses two seeds of one name);
only decisions/systems.csv is *added* to, since it lists what the home loads beside what the repository knows.
The systems' raw tables differ from home to home, so that their declaration as dbt sources is written here too.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import yaml  # type: ignore[import-untyped]

from warehouse.errors import SettingsError
from warehouse.settings import REPOSITORY, Settings

DBT_PROJECT = REPOSITORY / "dbt_project"
ADDED_SEEDS = {"systems.csv"}
SOURCES = Path("models/staging/_raw_systems.yml")  # in a composed project
LOADED_AT = (
    "select max(loaded_at) from raw.raw_tieout.loads "
    "where system = '{system}' and table_name = '{{{{ this.identifier }}}}' and status = 'finished'"
)
SOURCES_HEADER = "# The systems' raw tables, written by a build out of what raw.duckdb holds and seeds/systems.csv.\n"


def compose_project(settings: Settings, folder: Path, dbt_project: Path = DBT_PROJECT) -> None:
    """Copy the dbt project into `folder` with the home's decisions in its seeds. Raises SettingsError."""
    shutil.copytree(
        dbt_project,
        folder,
        ignore=shutil.ignore_patterns("target", "logs", ".user.yml", "dbt_packages", "__pycache__"),
        dirs_exist_ok=True,
    )
    seeds = {file.name: file for file in folder.glob("seeds/**/*.csv")}
    for decision in sorted(settings.decisions_folder.glob("*.csv")):
        seed = seeds.get(decision.name)
        if seed is None:
            raise SettingsError(
                f"{decision} replaces no seed: there is none of that name. Known: {', '.join(sorted(seeds))}."
            )
        header, rows = _read_csv(decision)
        seed_header, seed_rows = _read_csv(seed)
        if header != seed_header:
            raise SettingsError(f"{decision} must have the columns {','.join(seed_header)}; it has {','.join(header)}.")
        _write_csv(seed, header, seed_rows + rows if decision.name in ADDED_SEEDS else rows)


def declare_sources(folder: Path, variables: Mapping[str, Any]) -> None:
    """Write the systems' raw tables into the composed project in `folder`, as dbt sources: one per system.

    A table is stale after as many days as systems.csv says (a warning), and twice as many (an error); `dbt source
    freshness` measures its newest finished load. A table that nobody declared there has no freshness: the build fails.
    """
    names, rows = _read_csv(folder / "seeds" / "systems.csv")
    register = [dict(zip(names, row, strict=True)) for row in rows]
    sources = []
    for system in variables["systems"]:
        known = {
            row["table_name"]: row
            for row in register
            if row.get("source") == system["source"] and row["system"] in ("*", system["name"])
        }
        tables = variables["raw_tables"].get(system["name"], {})
        sources.append(
            {
                "name": f"raw_{system['name']}",
                "description": f"What {system['name']} ({system['source']}) holds, read-only, with its history.",
                "database": "raw",
                "schema": f"raw_{system['name']}",
                "loader": system["source"],
                "quoting": {"database": False, "schema": False, "identifier": False},
                "config": {"loaded_at_query": LOADED_AT.format(system=system["name"])},
                "tables": [_source_table(table, known.get(table)) for table in tables],
            }
        )
    (folder / SOURCES).write_text(SOURCES_HEADER + yaml.safe_dump({"version": 2, "sources": sources}, sort_keys=False))


def _source_table(table: str, declared: Mapping[str, str] | None) -> dict[str, Any]:
    told: dict[str, Any] = {"name": table}
    if declared is not None and declared["stale_after_days"]:
        owns, days = declared["owns"], int(declared["stale_after_days"])
        told["description"] = f"{owns[0].upper()}{owns[1:]}. One row per record and version."
        told["config"] = {
            "freshness": {
                "warn_after": {"count": days, "period": "day"},
                "error_after": {"count": 2 * days, "period": "day"},
            }
        }
    return told


def read_variables(settings: Settings) -> dict[str, Any]:
    """The dbt variables of a build. They depend on raw.duckdb and tieout.toml alone, never on the clock."""
    with open_raw(settings) as raw:
        columns = raw.execute(
            """
            select table_schema, table_name, list(column_name order by ordinal_position)
            from information_schema.columns
            where table_catalog = 'raw' and table_name not like '\\_dlt\\_%' escape '\\'
            group by all order by all
            """
        ).fetchall()
        loaded_at = _newest_load(raw)
    names = {f"raw_{system.name}": system.name for system in settings.systems}
    raw_tables: dict[str, dict[str, list[str]]] = {}
    for schema, table, table_columns in columns:
        if schema in names:
            raw_tables.setdefault(names[schema], {})[table] = table_columns
    return {
        "systems": [
            {
                "name": system.name,
                "source": system.source,
                "precedence": system.precedence,
                "url": system.options.get("url"),
                "custom_fields": dict(system.options.get("custom_fields", {})),
            }
            for system in settings.systems
        ],
        "raw_tables": raw_tables,
        "has_closed_months": any(
            (schema, table) == ("raw_tieout", "closed_months") for schema, table, _ in columns
        ),
        "reporting_currency": settings.reporting_currency,
        "business_time_zone": settings.business_time_zone,
        "fiscal_year_start_month": settings.fiscal_year_start_month,
        "default_payment_terms_days": settings.default_payment_terms_days,
        "business_day": loaded_at.astimezone(ZoneInfo(settings.business_time_zone)).date().isoformat(),
    }


def read_cursors(settings: Settings) -> list[dict[str, Any]]:
    """How far each table of each system has been read: its last finished load, for the snapshot's manifest."""
    with open_raw(settings) as raw:
        rows = raw.execute(
            """
            select system, table_name, load_id, cast(loaded_at as varchar), cursor
            from raw_tieout.loads where status = 'finished'
            qualify row_number() over (partition by system, table_name order by loaded_at desc, load_id desc) = 1
            order by all
            """
        ).fetchall()
    return [dict(zip(("system", "table", "load_id", "loaded_at", "cursor"), row, strict=True)) for row in rows]


def open_raw(settings: Settings) -> duckdb.DuckDBPyConnection:
    """raw.duckdb, attached read-only as the current catalog `raw`. Raises SettingsError where that cannot be."""
    if not settings.raw_file.exists():
        raise SettingsError(f"{settings.home} holds no raw.duckdb yet. Run `tieout load` first.")
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{quoted(settings.raw_file)}' as raw (read_only)")
        connection.execute("use raw")
    except duckdb.IOException as error:
        connection.close()
        raise SettingsError(
            f"{settings.raw_file} cannot be opened: {error}. If a load is running, wait for it; else restore the file."
        ) from error
    return connection


def _newest_load(raw: duckdb.DuckDBPyConnection) -> datetime:
    try:
        row = raw.execute("select max(loaded_at) from raw_tieout.loads where status = 'finished'").fetchone()
    except duckdb.CatalogException:
        row = None
    if row is None or row[0] is None:
        raise SettingsError("raw.duckdb holds no finished load. Run `tieout load` first.")
    loaded_at: datetime = row[0]
    return loaded_at


def quoted(path: Path) -> str:
    """The path as it stands between the single quotes of a SQL text."""
    return str(path).replace("'", "''")


def _read_csv(file: Path) -> tuple[list[str], list[list[str]]]:
    with file.open(newline="", encoding="utf-8-sig") as text:
        rows = [row for row in csv.reader(text) if row]
    if not rows:
        raise SettingsError(f"{file} is empty: it needs at least its header.")
    return rows[0], rows[1:]


def _write_csv(file: Path, header: list[str], rows: list[list[str]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as text:
        csv.writer(text, lineterminator="\n").writerows([header, *rows])
