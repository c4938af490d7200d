"""`tieout doctor`: is this installation and this home sound? (home) -> one finding a thing: ok, note or wrong."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import duckdb

from warehouse.errors import TieoutError
from warehouse.project import open_raw
from warehouse.publish import VERSIONED_PACKAGES, damage, snapshots
from warehouse.settings import Settings, export_secrets, read_settings

Finding = tuple[str, str, str]
LEAST_FREE_BYTES = 2 * 1024**3

RAW_TABLES = """
    select table_schema, table_name from information_schema.columns
    where table_catalog = 'raw' and table_schema like 'raw\\_%' escape '\\' and table_schema <> 'raw_tieout'
        and table_schema not like '%\\_staging' escape '\\' and column_name = 'valid_to'
    order by all
"""
TWO_CURRENT_VERSIONS = """
    select count(*) from (
        select source_id from "{schema}"."{table}" where valid_to is null group by source_id having count(*) > 1
    )
"""
MISCOUNTED_LOADS = """
    with quarantined as (
        select load_id, system, table_name, count(*) as found from raw_tieout.quarantined_rows group by all
    )
    select l.load_id || ' ' || l.system || '.' || l.table_name
    from raw_tieout.loads as l
    left join quarantined as q using (load_id, system, table_name)
    where l.status = 'finished'
        and (l.rows_read <> l.rows_loaded + l.rows_quarantined or l.rows_quarantined <> coalesce(q.found, 0))
"""


def examine(home: Path) -> list[Finding]:
    """Findings as (what was looked at, `ok`, `note` or `wrong`, a sentence)."""
    findings = list(_installation())
    try:
        settings = read_settings(home)
        export_secrets(settings)
    except TieoutError as error:
        return [*findings, ("home", "wrong", str(error))]
    findings.append(("home", "ok", f"{home}, {len(settings.systems)} systems"))
    for part in (_folder, _systems, _raw, _snapshots):
        findings += part(settings)
    return findings


def _installation() -> Iterator[Finding]:
    yield ("python", "ok" if sys.version_info >= (3, 11) else "wrong", sys.version.split()[0])
    for package in VERSIONED_PACKAGES:
        try:
            yield (package, "ok", version(package))
        except PackageNotFoundError:
            yield (package, "wrong", "not installed: run `make setup`")


def _folder(settings: Settings) -> Iterator[Finding]:
    if not os.access(settings.home, os.W_OK):
        yield ("folder", "wrong", f"{settings.home} cannot be written; loading and publishing need to.")
    free = shutil.disk_usage(settings.home).free
    result = "ok" if free >= LEAST_FREE_BYTES else "note"
    yield ("disk", result, f"{free / 1024**3:.1f} GB free")


def _systems(settings: Settings) -> Iterator[Finding]:
    from ingestion.systems import ConfigurationError, SourceError, tables_of

    for system in settings.systems:
        try:
            tables = tables_of(system)
        except (SourceError, ConfigurationError) as error:
            yield (system.name, "wrong", str(error))
        else:
            yield (system.name, "ok", f"{system.source}: {len(tables)} tables")


def _raw(settings: Settings) -> Iterator[Finding]:
    if not settings.raw_file.exists():
        yield ("raw.duckdb", "note", "nothing is loaded yet: run `tieout load`")
        return
    try:
        with open_raw(settings) as raw:
            tables = raw.execute(RAW_TABLES).fetchall()
            for schema, table in tables:
                row = raw.execute(TWO_CURRENT_VERSIONS.format(schema=schema, table=table)).fetchone()
                if row and row[0]:
                    yield ("raw.duckdb", "wrong", f"{schema}.{table}: {row[0]} records have two current versions")
            for (load,) in raw.execute(MISCOUNTED_LOADS).fetchall():
                yield ("raw.duckdb", "wrong", f"load {load}: rows read are not those loaded and quarantined")
            yield ("raw.duckdb", "ok", f"{len(tables)} tables")
    except (TieoutError, duckdb.Error) as error:
        yield ("raw.duckdb", "wrong", str(error))


def _snapshots(settings: Settings) -> Iterator[Finding]:
    link = settings.warehouse_link
    if link.is_symlink() and not link.exists():
        yield ("warehouse", "wrong", "warehouse.duckdb points to nothing: run `tieout rollback` or `tieout refresh`")
    elif not link.exists():
        yield ("warehouse", "note", "nothing is published yet: run `tieout refresh`")
    elif not link.is_symlink() or link.resolve().parent != settings.snapshots_folder.resolve():
        yield ("warehouse", "wrong", "warehouse.duckdb is no link into snapshots/: delete it and run `tieout refresh`")
    else:
        yield ("warehouse", "ok", f"published is {link.resolve().stem}")
    for snapshot in snapshots(settings):
        problem = damage(snapshot)
        yield ("snapshot", "wrong" if problem else "ok", problem or snapshot.id)
