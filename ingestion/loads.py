"""The loader's own book: what each load read, took and refused.

pipeline.py → raw_tieout.loads, raw_tieout.quarantined_rows → warehouse, `tieout status`
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from duckdb import DuckDBPyConnection

INTERRUPTED = "The load ended before this table was done (the process was stopped). Load again: it starts afresh."

_TABLES = """
CREATE SCHEMA IF NOT EXISTS raw_tieout;
CREATE TABLE IF NOT EXISTS raw_tieout.loads (
    load_id VARCHAR, system VARCHAR, source VARCHAR, table_name VARCHAR,
    started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ, loaded_at TIMESTAMPTZ,
    rows_read BIGINT, rows_loaded BIGINT, rows_quarantined BIGINT,
    cursor VARCHAR, schema_changes VARCHAR, status VARCHAR, error VARCHAR
);
CREATE TABLE IF NOT EXISTS raw_tieout.quarantined_rows (
    load_id VARCHAR, system VARCHAR, table_name VARCHAR, file VARCHAR, line BIGINT,
    column_name VARCHAR, value VARCHAR, reason VARCHAR, record VARCHAR
);
"""


@dataclass(frozen=True)
class TableLoad:
    """One load of one table; `table` is empty where the whole system could not be read."""

    system: str
    table: str
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    status: str  # finished, failed or refused
    error: str | None
    versions_added: int = 0  # new or changed records
    versions_retired: int = 0  # changed or deleted records


@dataclass(frozen=True)
class LoadReport:
    """What one load did, table by table."""

    load_id: str
    started_at: datetime
    finished_at: datetime
    tables: tuple[TableLoad, ...]

    @property
    def refused(self) -> tuple[TableLoad, ...]:
        return tuple(table for table in self.tables if table.status != "finished")


def create_book(raw: DuckDBPyConnection) -> None:
    """Creates the loader's tables where they are not there yet."""
    raw.execute(_TABLES)


def begin(
    raw: DuckDBPyConnection,
    load_id: str,
    system: str,
    source: str,
    table: str,
    started_at: datetime,
    loaded_at: datetime,
) -> None:
    """Writes the row that stands if the process is killed: failed, nothing loaded."""
    raw.execute(
        "INSERT INTO raw_tieout.loads VALUES (?, ?, ?, ?, ?, NULL, ?, 0, 0, 0, NULL, NULL, 'failed', ?)",
        [load_id, system, source, table, started_at, loaded_at, INTERRUPTED],
    )


def finish(raw: DuckDBPyConnection, load_id: str, outcome: TableLoad, schema_changes: str | None = None) -> None:
    """Turns the row that `begin` wrote into the table's outcome."""
    raw.execute(
        """
        UPDATE raw_tieout.loads
        SET finished_at = ?, rows_read = ?, rows_loaded = ?, rows_quarantined = ?,
            schema_changes = ?, status = ?, error = ?
        WHERE load_id = ? AND system = ? AND table_name = ?
        """,
        [
            datetime.now(UTC), outcome.rows_read, outcome.rows_loaded, outcome.rows_quarantined, schema_changes,
            outcome.status, outcome.error, load_id, outcome.system, outcome.table,
        ],
    )  # fmt: skip


def fail(raw: DuckDBPyConnection, load_id: str, system: str, table: str, error: str) -> None:
    """Notes why a table that `begin` opened could not be written; one that is finished stays so."""
    raw.execute(
        """
        UPDATE raw_tieout.loads SET finished_at = ?, error = ?
        WHERE load_id = ? AND system = ? AND table_name = ? AND status = 'failed'
        """,
        [datetime.now(UTC), error, load_id, system, table],
    )


def newest_loaded_at(raw: DuckDBPyConnection, system: str) -> datetime | None:
    """The time of the system's newest load that may have written a version; None before the first."""
    row = raw.execute(
        "SELECT max(loaded_at) FROM raw_tieout.loads WHERE system = ? AND status <> 'refused'", [system]
    ).fetchone()
    return row[0].astimezone(UTC) if row and row[0] else None


def tables_loaded_before(raw: DuckDBPyConnection, system: str) -> list[str]:
    """The tables that a finished load of this system has held."""
    rows = raw.execute(
        "SELECT DISTINCT table_name FROM raw_tieout.loads WHERE system = ? AND status = 'finished' ORDER BY 1", [system]
    ).fetchall()
    return [name for (name,) in rows]


def note_columns(raw: DuckDBPyConnection, system: str, table: str, columns: list[str]) -> str | None:
    """Remembers the columns a table's source has (in the raw table's comment); returns what came and went, as JSON."""
    schema = f"raw_{system}"
    row = raw.execute(
        "SELECT comment FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?", [schema, table]
    ).fetchone()
    before = set(json.loads(row[0])) if row and row[0] else None
    as_text = json.dumps(sorted(columns)).replace("'", "''")
    raw.execute(f"COMMENT ON TABLE {schema}.\"{table}\" IS '{as_text}'")
    if before is None or before == set(columns):
        return None
    return json.dumps({"added": sorted(set(columns) - before), "removed": sorted(before - set(columns))})
