"""How a published snapshot is read: warehouse.duckdb (a symlink) -> its snapshot -> a locked, read-only connection.

Every run takes the symlink's target anew, so a reader never keeps an old snapshot alive by accident and never sees a
new file under an old name. The connection is in memory with the snapshot attached read-only; it cannot reach another
file, the network, an extension or its own configuration, and takes nothing but SELECT.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.errors import QueryError, SettingsError

__all__ = ["QueryError", "SettingsError", "Warehouse", "open_locked", "open_warehouse", "published_file"]

QUERY_SECONDS = 60.0
MEMORY_LIMIT = "2GB"
THREADS = 2
BATCH_ROWS = 20_000
STOPPED = "The query ran longer than {seconds:g} seconds and was stopped. Ask for less."

Parameters = Sequence[Any] | Mapping[str, Any]


class Warehouse:
    """One snapshot, open for reading. Safe to use from many threads: each query has a cursor of its own."""

    def __init__(self, file: Path, memory_limit: str = MEMORY_LIMIT) -> None:
        self.file = file
        self._temp = tempfile.TemporaryDirectory(prefix="tieout-")
        try:
            self._connection = open_locked(file, Path(self._temp.name), memory_limit)
        except duckdb.Error as error:
            raise SettingsError(
                f"The snapshot {file.stem} cannot be opened: {error}. Run `tieout rollback` or `tieout refresh`."
            ) from error

    @property
    def snapshot_id(self) -> str:
        """The snapshot's name, which is never used again: what caches are keyed by."""
        return self.file.stem

    @property
    def semantic_manifest(self) -> Path:
        """The definitions this snapshot was built with, so that a rollback rolls them back too."""
        return self.file.with_suffix(".semantic_manifest.json")

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What was published: versions, row counts, cursors, test and check results, sha256, business_day."""
        manifest: dict[str, Any] = json.loads(self.file.with_suffix(".json").read_text())
        return manifest

    def query(self, sql: str, parameters: Parameters | None = None, seconds: float = QUERY_SECONDS) -> pa.Table:
        """The result of one SELECT as an Arrow table. Raises QueryError: not a SELECT, wrong, or over `seconds`."""
        with self._run(sql, parameters, seconds) as result:
            return result.to_arrow_table()

    def rows(self, sql: str, parameters: Parameters | None = None) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The result of one SELECT as column names and rows of Python values. Raises as `query` does."""
        with self._run(sql, parameters, QUERY_SECONDS) as result:
            return [column[0] for column in result.description or []], result.fetchall()

    @contextlib.contextmanager
    def batches(self, sql: str, seconds: float) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
        """The result of one SELECT of any size: its schema, and its rows in batches that are made as they are read.

        `seconds` includes what is done with them. Raises as `query` does, also while they are read.
        """

        def read(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
            try:
                yield from reader
            except (pa.ArrowException, OSError) as error:  # as which DuckDB's own errors come through Arrow
                is_stopped = "INTERRUPT" in str(error)
                raise QueryError(STOPPED.format(seconds=seconds) if is_stopped else str(error)) from error

        with self._run(sql, None, seconds) as result:
            reader = result.to_arrow_reader(BATCH_ROWS)
            yield reader.schema, read(reader)

    def close(self) -> None:
        self._connection.close()
        self._temp.cleanup()

    @contextlib.contextmanager
    def _run(
        self, sql: str, parameters: Parameters | None, seconds: float
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._connection.cursor()
        timer = threading.Timer(seconds, cursor.interrupt)
        timer.daemon = True
        try:
            statements = duckdb.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise QueryError("The warehouse takes one SELECT at a time and nothing else.")
            cursor.execute("use warehouse")  # a cursor does not inherit it
            timer.start()
            yield cursor.execute(statements[0], parameters)
        except duckdb.InterruptException:
            raise QueryError(STOPPED.format(seconds=seconds)) from None
        except duckdb.OutOfMemoryException:
            raise QueryError("The query needed more memory than a reader may use. Ask for less.") from None
        except duckdb.Error as error:
            raise QueryError(str(error)) from error
        finally:
            timer.cancel()
            cursor.close()


def open_locked(file: Path, temp_folder: Path, memory_limit: str = MEMORY_LIMIT) -> duckdb.DuckDBPyConnection:
    """An in-memory connection with `file` attached read-only as `warehouse`, and every way out of it shut."""
    connection = duckdb.connect(config={"threads": THREADS, "memory_limit": memory_limit})
    path, temp = (str(name).replace("'", "''") for name in (file, temp_folder))
    for statement in (
        "set global TimeZone = 'UTC'",
        f"set temp_directory = '{temp}'",
        f"attach '{path}' as warehouse (read_only)",
        "set autoinstall_known_extensions = false",
        "set autoload_known_extensions = false",
        "set enable_external_access = false",
        "set lock_configuration = true",
        "use warehouse",
    ):
        connection.execute(statement)
    return connection


def published_file(home: Path) -> Path:
    """The snapshot that warehouse.duckdb points to now. Raises SettingsError where nothing is published."""
    link = home / "warehouse.duckdb"
    if not link.exists():
        raise SettingsError(f"Nothing is published in {home} yet. Run `tieout refresh`.")
    return link.resolve()


_open: dict[Path, Warehouse] = {}
_opening = threading.Lock()


def open_warehouse(home: Path) -> Warehouse:
    """The home's published snapshot: call it on every run. One connection is kept for each home.

    An earlier snapshot's connection closes by itself once no query of it runs any more.
    """
    file = published_file(home)
    with _opening:
        warehouse = _open.get(home)
        if warehouse is None or warehouse.file != file:
            warehouse = _open[home] = Warehouse(file)
        return warehouse
