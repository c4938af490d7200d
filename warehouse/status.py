"""`tieout status` and `tieout test`: what was loaded, and what is published and whether it still holds.

raw_tieout.loads + the published snapshot and its manifest -> tables of rows.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.errors import SettingsError
from warehouse.project import open_raw
from warehouse.publish import check_file, published_snapshot, snapshots
from warehouse.settings import Settings

Table = tuple[list[str], list[tuple[Any, ...]]]

# The last load of each table of each system, whatever came of it.
LAST_LOADS = """
    with last_loads as (
        select * from raw_tieout.loads
        qualify row_number() over (partition by system, table_name order by started_at desc, load_id desc) = 1
    )
    select
        system,
        max(loaded_at) filter (where status = 'finished') as loaded_at,
        count(*) as tables,
        cast(sum(rows_read) as bigint) as rows_read,
        cast(sum(rows_quarantined) as bigint) as rows_quarantined,
        string_agg(table_name || ': ' || coalesce(error, status), '; ' order by table_name)
            filter (where status <> 'finished') as problem
    from last_loads
    group by system
"""


def systems_status(settings: Settings) -> Table:
    """One row for each configured system: its last load, its age in hours, its rows and what went wrong."""
    with open_raw(settings) as raw:
        loads = {row[0]: row[1:] for row in raw.execute(LAST_LOADS).fetchall()}
    now = datetime.now(UTC)
    rows = []
    for system in settings.systems:
        loaded_at, tables, rows_read, quarantined, problem = loads.get(system.name, (None, 0, 0, 0, "never loaded"))
        age = None if loaded_at is None else int((now - loaded_at).total_seconds() // 3600)
        rows.append((system.name, system.source, loaded_at, age, tables, rows_read, quarantined, problem))
    names = ["system", "source", "loaded_at", "age_hours", "tables", "rows_read", "rows_quarantined", "problem"]
    return names, rows


def published_status(settings: Settings) -> list[str]:
    """Lines about the published snapshot."""
    snapshot = published_snapshot(settings)
    if snapshot is None:
        return ["", "Nothing is published yet. Run `tieout refresh`."]
    manifest = snapshot.manifest()
    tests = Counter(manifest["tests"].values())
    return [
        "",
        f"published  {snapshot.id}, business day {manifest['business_day']}",
        f"tests      {', '.join(f'{count:,} {status}' for status, count in sorted(tests.items())) or 'none'}",
        *(f"check      {name}: {result}" for name, result in manifest["checks"].items()),
        f"snapshots  {len(snapshots(settings))} kept: {', '.join(kept.id for kept in snapshots(settings))}",
    ]


def test_results(settings: Settings) -> tuple[list[str], list[tuple[Any, ...]], bool]:
    """The published snapshot's checks, run again, and its build's tests: names, rows, and whether a check failed."""
    snapshot = published_snapshot(settings)
    if snapshot is None:
        raise SettingsError(f"Nothing is published in {settings.home} yet. Run `tieout refresh`.")
    with tempfile.TemporaryDirectory(prefix="tieout-") as temp:
        found = check_file(snapshot.file, Path(temp))
    rows: list[tuple[Any, ...]] = [
        ("check", name, "fail" if sentences else "pass", "; ".join(sentences)) for name, sentences in found.items()
    ]
    rows += [("test", name, result, "") for name, result in sorted(snapshot.manifest()["tests"].items())]
    return ["kind", "name", "result", "found"], rows, any(found.values())
