"""Every version of every record, kept by dlt: what changed gets a new row, what is gone is closed.

scratch.checked.<table> → dlt (merge, scd2) → raw_<system>.<table>
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from ingestion.canonical import raw_column, sql_type
from ingestion.cells import literal, quoted
from ingestion.loads import create_book
from ingestion.quarantine import Checked
from ingestion.systems import SourceError, SourceTable

BATCH_ROWS = 100_000
MEMORY_LIMIT = "2GB"  # DuckDB's; what does not fit goes to the scratch folder

# dlt looks for settings in the environment and in the working directory's .dlt folder; it shall find only these.
_DLT_SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "SCHEMA__NAMING": "direct",  # names stay as given
    "EXTRACT__WORKERS": "1",
    "NORMALIZE__WORKERS": "1",
    "LOAD__WORKERS": "1",
    "LOAD__TRUNCATE_STAGING_DATASET": "true",
}


class LoadError(Exception):
    """raw.duckdb could not be written, or is in use. Its text says what to do next."""


@dataclass(frozen=True)
class Changes:
    """What a load would do to a table: versions it adds and versions it closes. Neither: there is nothing to write."""

    added: int
    retired: int
    is_new: bool  # the table is not in raw yet, or lacks a column

    @property
    def any(self) -> bool:
        return self.is_new or self.added > 0 or self.retired > 0


@contextlib.contextmanager
def open_raw(home: Path) -> Iterator[DuckDBPyConnection]:
    """Opens raw.duckdb for writing, with an empty scratch database beside it (`scratch`), both for one load only.

    DuckDB's lock on the file is the load's lock: raises LoadError while another process holds it. Whatever an earlier,
    killed load left in the scratch folder is removed: raw.duckdb alone says what was loaded.
    """
    try:
        raw = duckdb.connect(home / "raw.duckdb")
    except duckdb.IOException as error:
        raise LoadError(
            f"{home / 'raw.duckdb'} cannot be opened for writing. If a load or a build is running, wait until it has "
            f"ended; otherwise see that the folder can be written. DuckDB says: {error}"
        ) from error
    scratch = home / "build" / ".load"
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        raw.execute("SET GLOBAL TimeZone = 'UTC'; SET GLOBAL preserve_insertion_order = false")
        raw.execute(f"SET GLOBAL memory_limit = '{MEMORY_LIMIT}'")
        raw.execute(f"SET GLOBAL temp_directory = {literal(str(scratch / 'spill'))}")
        raw.execute(f"ATTACH {literal(str(scratch / 'scratch.duckdb'))} AS scratch")
        create_book(raw)
        yield raw
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise LoadError(
            f"The load could not go on: see that the disk of {home} has room and can be written, then load again. "
            f"DuckDB says: {error}"
        ) from error
    finally:
        raw.close()
        shutil.rmtree(scratch, ignore_errors=True)


def scratch_folder(home: Path) -> Path:
    return home / "build" / ".load"


def compare(raw: DuckDBPyConnection, system: str, table: SourceTable, checked: Checked) -> Changes:
    """Compares the checked rows with raw's current versions. Raises SourceError if a column changed its type."""
    existing = _existing_columns(raw, system, table)
    wanted = _columns(table)
    for name, type_ in wanted.items():
        if name in existing and existing[name] != _stored_type(type_):
            raise SourceError(
                f"{table.name}.{name} was {existing[name]} until now and would become {_stored_type(type_)}. Give the "
                f"column another name, or load this system into a fresh raw.duckdb."
            )
    if not existing:
        return Changes(checked.rows_checked, 0, is_new=True)
    current = f"(SELECT row_version FROM {_raw(system, table)} WHERE valid_to IS NULL)"
    feed = f"(SELECT row_version FROM ({_feed(raw, system, table, checked)}))"
    counts = raw.execute(f"""
        SELECT
            (SELECT count(*) FROM {feed} AS f WHERE f.row_version NOT IN {current}),
            (SELECT count(*) FROM {current} AS c WHERE c.row_version NOT IN {feed})
    """).fetchone()
    assert counts is not None
    return Changes(counts[0], counts[1], is_new=bool(set(wanted) - set(existing)))


def write(
    raw: DuckDBPyConnection,
    system: str,
    tables: list[tuple[SourceTable, Checked]],
    *,
    load_id: str,
    loaded_at: datetime,
    folder: Path,
) -> None:
    """Merges the checked rows of these tables into raw, each table at once or not at all.

    dlt works in a fresh folder every time and takes its state from raw.duckdb, so that a killed or broken load leaves
    nothing that a later one would have to finish. Raises LoadError if raw cannot be written.
    """
    folder.mkdir(parents=True)
    with _settings_for_dlt(folder):
        import dlt
        from dlt.pipeline.exceptions import PipelineStepFailed

        def resource(table: SourceTable, checked: Checked) -> Any:
            return dlt.resource(
                lambda: _batches(raw, system, table, checked, load_id),
                name=table.name,
                columns={_json_column(table): {"data_type": "json"}},
                write_disposition={
                    "disposition": "merge",
                    "strategy": "scd2",
                    "row_version_column_name": "row_version",
                    "validity_column_names": ["valid_from", "valid_to"],
                    "boundary_timestamp": loaded_at,
                },
            )

        pipeline = dlt.pipeline(
            pipeline_name=f"raw_{system}",
            pipelines_dir=str(folder),
            destination=dlt.destinations.duckdb(raw),
            dataset_name=f"raw_{system}",
        )
        try:
            pipeline.run([resource(table, checked) for table, checked in tables])
        except PipelineStepFailed as error:
            raise LoadError(
                f"The records of {system} could not be written to raw.duckdb. See that the disk has room, then load "
                f"again. dlt says: {error}"
            ) from error
    shutil.rmtree(folder, ignore_errors=True)


def verify(raw: DuckDBPyConnection, system: str, table: SourceTable, checked: Checked) -> None:
    """Raises LoadError unless raw's current versions are exactly the rows that were fed, one for one."""
    counts = raw.execute(f"""
        SELECT (SELECT count(*) FROM ({_feed(raw, system, table, checked)})),
            (SELECT count(*) FROM {_raw(system, table)} WHERE valid_to IS NULL)
    """).fetchone()
    assert counts is not None
    if counts[0] != counts[1]:
        raise LoadError(
            f"raw_{system}.{table.name} holds {counts[1]} current records where {counts[0]} were to be. Load again; "
            "if it stays so, report it with the load's id."
        )


def _feed(raw: DuckDBPyConnection, system: str, table: SourceTable, checked: Checked) -> str:
    """Select of all that shall be current after the load.

    Beside the checked rows these are the current versions of records that the load cannot speak of: those whose new
    version is in quarantine, and, if some rows hide even their key or the reader tells changes only, all that it did
    not name. They were not deleted.
    """
    payload = ", ".join(quoted(name) for name in _payload(table))
    fresh = f"SELECT source_id, row_version, {payload} FROM scratch.checked.{quoted(table.name)}"
    existing = _existing_columns(raw, system, table)
    knows_all = table.complete and checked.rows_without_a_key == 0
    if not existing or (knows_all and checked.rows_quarantined == 0):
        return fresh
    known = ", ".join(quoted(name) for name in _payload(table) if name in existing)
    unspoken = f"source_id IN (SELECT source_id FROM scratch.broken.{quoted(table.name)} WHERE source_id IS NOT NULL)"
    return f"""
        {fresh}
        UNION ALL BY NAME
        SELECT source_id, row_version, {known} FROM {_raw(system, table)}
        WHERE valid_to IS NULL AND {unspoken if knows_all else "true"}
            AND source_id NOT IN (SELECT source_id FROM scratch.checked.{quoted(table.name)})
    """


def _batches(
    raw: DuckDBPyConnection, system: str, table: SourceTable, checked: Checked, load_id: str
) -> Iterator[pa.Table]:
    query = f"SELECT *, {literal(load_id)} AS load_id FROM ({_feed(raw, system, table, checked)})"
    reader = raw.cursor().execute(query).to_arrow_reader(BATCH_ROWS)
    is_empty = True
    for batch in reader:
        is_empty = False
        yield pa.Table.from_batches([batch])
    if is_empty:  # an empty table is a table: dlt creates it, or closes all it held
        yield reader.schema.empty_table()


@contextlib.contextmanager
def _settings_for_dlt(folder: Path) -> Iterator[None]:
    settings = {**_DLT_SETTINGS, "DLT_PROJECT_DIR": str(folder), "DLT_DATA_DIR": str(folder)}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _payload(table: SourceTable) -> list[str]:
    return ["record"] if table.form == "records" else [*(raw_column(name) for name in table.columns), "extra_columns"]


def _json_column(table: SourceTable) -> str:
    return "record" if table.form == "records" else "extra_columns"


def _columns(table: SourceTable) -> dict[str, str]:
    """The columns of the raw table that hold what the source tells, with DuckDB's types."""
    if table.form == "records":
        return {"record": "JSON"}
    return {**{raw_column(name): sql_type(type_) for name, type_ in table.columns.items()}, "extra_columns": "JSON"}


def _stored_type(type_: str) -> str:
    return {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}.get(type_, type_)


def _existing_columns(raw: DuckDBPyConnection, system: str, table: SourceTable) -> dict[str, str]:
    rows = raw.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?",
        [f"raw_{system}", table.name],
    ).fetchall()
    return dict(rows)


def _raw(system: str, table: SourceTable) -> str:
    return f"raw_{system}.{quoted(table.name)}"
