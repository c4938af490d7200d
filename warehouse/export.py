"""`tieout export`: relations of the published snapshot -> an Excel workbook, CSV or Parquet files, or a PostgreSQL.

What is exported is exact to the digit and whole or not there at all: files get their names when they are complete, and
PostgreSQL's readers see the old snapshot or the new one.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from warehouse.connect import Warehouse
from warehouse.errors import SettingsError
from warehouse.relations import Relation, chosen, relations, told_bridges

FORMATS = ("csv", "parquet")
DEFAULT_NAMES = ("semantic.metric_catalog", "semantic.revenue_monthly")
ADDRESSES = ("postgresql://", "postgres://")
EXPORT_SECONDS = 3600.0

Say = Callable[[str], None]


def export(warehouse: Warehouse, names: Sequence[str], to: str, *, form: str | None = None, say: Say) -> None:
    """Write the relations of these names to `to`: FILE.xlsx, FOLDER/ (in `form`, csv or parquet) or postgresql://….

    Without names: the metric catalogue, revenue by month and the bridges as of the business day; to PostgreSQL always
    everything. Raises SettingsError where a name, the target or the target's state is wrong, ExportError where what
    arrived is not what was sent.
    """
    is_address = to.startswith(ADDRESSES)
    is_workbook = not is_address and to.lower().endswith(".xlsx")
    is_folder = not is_address and not is_workbook and (to.endswith("/") or Path(to).is_dir())
    if not (is_address or is_workbook or is_folder):  # not repeated: it may be an address with a password
        raise SettingsError("--to takes FILE.xlsx, FOLDER/ (with its slash) or an address postgresql://user@host/database.")
    if form is not None and not is_folder:
        raise SettingsError("--format chooses between csv and parquet, for --to FOLDER/ alone.")
    if is_address:
        from warehouse.export_postgres import copy_to_postgres

        if names:
            raise SettingsError("PostgreSQL is given marts and semantic as a whole: leave the names out.")
        copy_to_postgres(warehouse, list(relations(warehouse).values()), to, say=say)
    elif is_workbook:
        from warehouse.export_excel import write_workbook

        write_workbook(warehouse, _asked(warehouse, names, by_bridge=True), about(warehouse), Path(to), say=say)
    else:
        write_folder(warehouse, _asked(warehouse, names, by_bridge=False), Path(to), form=form or "csv", say=say)


def about(warehouse: Warehouse) -> dict[str, str]:
    """What an exported figure must be read with: the snapshot, its day and currency, and what was checked."""
    manifest = warehouse.manifest
    tests = Counter(manifest["tests"].values())
    told = told_bridges(warehouse)
    return {
        "Snapshot": warehouse.snapshot_id,
        "Business day": manifest["business_day"],
        "Reporting currency": manifest["reporting_currency"],
        "Business time zone": f"{manifest['business_time_zone']} (times are written in UTC)",
        "Checks": "; ".join(f"{name}: {result}" for name, result in manifest["checks"].items()),
        "Tests of its build": ", ".join(f"{count:,} {status}" for status, count in sorted(tests.items())) or "none",
        "Filters": "none: every row of the snapshot",
        "Bridges available": ", ".join(told) or "none",
    }


def write_folder(warehouse: Warehouse, asked: Sequence[Relation], folder: Path, *, form: str, say: Say) -> None:
    """One file for each relation, and about.json; the files take their names together once all are written."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".tieout-export-", dir=folder) as part:
        rows = {}
        for relation in asked:
            file = Path(part) / f"{relation.full_name}.{form}"
            rows[file.name] = _write_file(warehouse, relation, file, form)
            say(f"export {relation.full_name}: {rows[file.name]:,} rows")
        told = {key.lower().replace(" ", "_"): value for key, value in about(warehouse).items()}
        (Path(part) / "about.json").write_text(json.dumps(told | {"rows": rows}, indent=1) + "\n")
        for file in sorted(Path(part).iterdir()):
            file.replace(folder / file.name)
    say(f"wrote {folder}")


def _asked(warehouse: Warehouse, names: Sequence[str], *, by_bridge: bool) -> list[Relation]:
    """What was named; else what most people want, with the bridges apart (sheets) or in one (files)."""
    if names:
        return chosen(warehouse, names)
    bridges = [f"semantic.{bridge}" for bridge in told_bridges(warehouse)] if by_bridge else ["semantic.bridges"]
    return chosen(warehouse, [*DEFAULT_NAMES, *bridges])


def _write_file(warehouse: Warehouse, relation: Relation, file: Path, form: str) -> int:
    """Write one file batch by batch. Returns its number of rows."""
    import pyarrow.csv
    import pyarrow.parquet

    rows = 0
    with warehouse.batches(f"{relation.sql} order by all", EXPORT_SECONDS) as (schema, batches):
        writer: Any
        if form == "csv":
            writer = pyarrow.csv.CSVWriter(file, schema)
        else:
            writer = pyarrow.parquet.ParquetWriter(file, schema, compression="zstd")
        with writer:
            for batch in batches:
                writer.write_batch(batch)
                rows += batch.num_rows
    return rows
