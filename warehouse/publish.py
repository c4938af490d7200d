"""A checked build becomes what readers open: build/<id>/warehouse.duckdb -> snapshots/<id>.duckdb <- warehouse.duckdb.

Whatever happens at whatever moment, warehouse.duckdb points to a whole, checked snapshot: the file is complete and on
the disk before it gets its name, has its manifest before the link moves, and the link moves in one step. Names are
never used again, so an open reader keeps reading what it opened. The caller holds the home's lock.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from warehouse.build import Build
from warehouse.checks import DROPPED_SCHEMAS, check_warehouse
from warehouse.connect import open_locked
from warehouse.errors import BuildError, SettingsError
from warehouse.project import read_cursors
from warehouse.settings import Settings

KEPT_SNAPSHOTS = 5
SHOWN_FAILURES = 10
VERSIONED_PACKAGES = ("tieout", "duckdb", "dbt-core", "dbt-duckdb", "metricflow", "dlt")
CHECK_MEMORY = "4GB"

Prepare = Callable[[duckdb.DuckDBPyConnection], None]


@dataclass(frozen=True)
class Snapshot:
    """A published warehouse: its file, and beside it <id>.json (the manifest) and <id>.semantic_manifest.json."""

    file: Path

    @property
    def id(self) -> str:
        return self.file.stem

    @property
    def manifest_file(self) -> Path:
        return self.file.with_suffix(".json")

    @property
    def semantic_manifest_file(self) -> Path:
        return self.file.with_suffix(".semantic_manifest.json")

    def manifest(self) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads(self.manifest_file.read_text())
        return manifest


@dataclass(frozen=True)
class Checked:
    """A build whose file is sealed and passed every check; the only thing that can be published."""

    build: Build
    checks: tuple[str, ...]


def seal_and_check(build: Build, prepare: Prepare | None = None) -> Checked:
    """Let `prepare` add the semantic layer, drop the inner layers, close the file, and check it as a reader opens it.

    Raises BuildError with what failed; the file stays in build/<id> to be looked at.
    """
    try:
        _seal(build, prepare)
    except duckdb.Error as error:
        raise BuildError([f"{build.file} could not be finished: {error}"]) from error
    assert_no_wal(build.file)
    reached("sealed")
    found = check_file(build.file, build.folder / "temp")
    failures = [sentence for sentences in found.values() for sentence in sentences]
    if failures:
        more = [f"… and {len(failures) - SHOWN_FAILURES} more"] if len(failures) > SHOWN_FAILURES else []
        raise BuildError([*failures[:SHOWN_FAILURES], *more])
    reached("checked")
    return Checked(build, tuple(found))


def _seal(build: Build, prepare: Prepare | None) -> None:
    with duckdb.connect(str(build.file)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        if prepare is not None:
            prepare(connection)
        reached("prepared")
        for schema in DROPPED_SCHEMAS:
            connection.execute(f"drop schema if exists {schema} cascade")
        connection.execute("force checkpoint")


def check_file(file: Path, temp_folder: Path) -> dict[str, list[str]]:
    """Run every check on the file, opened cold and read-only, just as a reader opens it."""
    connection = open_locked(file, temp_folder, CHECK_MEMORY)
    try:
        return check_warehouse(connection)
    finally:
        connection.close()


def publish(settings: Settings, checked: Checked) -> Snapshot:
    """Make the checked build the warehouse that readers open, and forget all but the newest KEPT_SNAPSHOTS."""
    build = checked.build
    settings.snapshots_folder.mkdir(exist_ok=True)
    snapshot = Snapshot(settings.snapshots_folder / f"{build.id}.duckdb")
    assert_no_wal(build.file)
    manifest = _describe(settings, checked, snapshot)
    build.file.chmod(0o444)
    _to_disk(build.file)
    reached("synced")
    if snapshot.file.exists():
        raise BuildError([f"The snapshot {snapshot.id} exists already; a snapshot's name is never used again."])
    build.file.rename(snapshot.file)
    reached("renamed")
    semantic_manifest = build.target / "semantic_manifest.json"
    if semantic_manifest.exists():
        _write(snapshot.semantic_manifest_file, semantic_manifest.read_bytes())
    _write(snapshot.manifest_file, json.dumps(manifest, indent=1).encode())
    _to_disk(settings.snapshots_folder)
    reached("described")
    _link(settings, snapshot)
    reached("linked")
    _prune(settings)
    return snapshot


def rollback(settings: Settings, snapshot_id: str | None = None) -> Snapshot:
    """Point warehouse.duckdb at an earlier snapshot: the one named, else the one before the published one."""
    known = snapshots(settings)
    published = published_snapshot(settings)
    if snapshot_id is None:
        earlier = [snapshot for snapshot in known if published is None or snapshot.id < published.id]
        if not earlier:
            raise SettingsError("There is no earlier snapshot to go back to.")
        chosen = earlier[-1]
    else:
        named = [snapshot for snapshot in known if snapshot.id == snapshot_id]
        if not named:
            raise SettingsError(
                f"There is no snapshot {snapshot_id!r}. Kept are: {', '.join(snapshot.id for snapshot in known)}."
            )
        chosen = named[0]
    problem = damage(chosen)
    if problem:
        raise SettingsError(problem)
    _link(settings, chosen)
    return chosen


def snapshots(settings: Settings) -> list[Snapshot]:
    """The kept snapshots, oldest first. One without a manifest was never published and is not one."""
    files = sorted(settings.snapshots_folder.glob("*.duckdb"))
    return [snapshot for snapshot in map(Snapshot, files) if snapshot.manifest_file.exists()]


def published_snapshot(settings: Settings) -> Snapshot | None:
    """The snapshot that readers open now; None where nothing is published."""
    link = settings.warehouse_link
    return Snapshot(link.resolve()) if link.exists() else None


def damage(snapshot: Snapshot) -> str:
    """What is wrong with a snapshot's file, as a sentence; empty where it is, to the byte, what was published."""
    if not snapshot.file.exists():
        return f"The snapshot {snapshot.id} is gone: run `tieout rollback` or `tieout refresh`."
    if snapshot.file.with_name(snapshot.file.name + ".wal").exists():
        return f"A .wal lies beside the snapshot {snapshot.id}: DuckDB would replay it. Delete it."
    if sha256(snapshot.file) != snapshot.manifest()["sha256"]:
        return f"The snapshot {snapshot.id} is not what was published: run `tieout rollback` or `tieout refresh`."
    return ""


def sha256(file: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def assert_no_wal(file: Path) -> None:
    """A .wal beside a file that gets another name is lost, or replayed into the wrong one. Raises BuildError."""
    wal = file.with_name(file.name + ".wal")
    if wal.exists():
        raise BuildError([f"{wal} is still there: something did not close {file.name}. Nothing is published."])


def reached(step: str) -> None:
    """A named step is done. Does nothing; the tests kill the process here."""


def _describe(settings: Settings, checked: Checked, snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot's manifest."""
    return {
        "snapshot": snapshot.id,
        "sha256": sha256(checked.build.file),
        "business_day": checked.build.variables["business_day"],
        "reporting_currency": settings.reporting_currency,
        "business_time_zone": settings.business_time_zone,
        "versions": {package: version(package) for package in VERSIONED_PACKAGES},
        "row_counts": row_counts(checked.build.file),
        "cursors": read_cursors(settings),
        "tests": checked.build.tests,
        "checks": dict.fromkeys(checked.checks, "pass"),
    }


def row_counts(file: Path) -> dict[str, int]:
    """Rows of each table of the file, by schema.table."""
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = current_catalog() order by all"
        ).fetchall()
        counts = {}
        for schema, table in tables:
            row = connection.execute(f'select count(*) from "{schema}"."{table}"').fetchone()
            counts[f"{schema}.{table}"] = int(row[0]) if row else 0
    return counts


def _link(settings: Settings, snapshot: Snapshot) -> None:
    """Move warehouse.duckdb in one step. The link is relative, so that a home can be moved or copied."""
    new = settings.home / ".warehouse.duckdb.new"
    new.unlink(missing_ok=True)
    new.symlink_to(snapshot.file.relative_to(settings.home))
    reached("link written")
    new.replace(settings.warehouse_link)
    _to_disk(settings.home)


def _prune(settings: Settings) -> None:
    """Forget old snapshots, and what a crash between naming and describing one has left behind."""
    published = published_snapshot(settings)
    keep = {snapshot.id for snapshot in snapshots(settings)[-KEPT_SNAPSHOTS:]} | {published.id if published else ""}
    for file in settings.snapshots_folder.iterdir():
        if file.name.split(".")[0] not in keep:
            file.unlink()


def _write(file: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    new = file.with_name(file.name + ".new")
    new.write_bytes(content)
    _to_disk(new)
    new.replace(file)


def _to_disk(path: Path) -> None:
    """fsync of a file or folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
