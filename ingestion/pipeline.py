"""Loads systems into raw.duckdb: read, check, compare, write, book.

systems → sources → quarantine (checked or set aside) → history (every version) → raw_<system>, raw_tieout
"""

import difflib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from duckdb import DuckDBPyConnection

from ingestion import history, loads
from ingestion.history import Changes, LoadError
from ingestion.loads import LoadReport, TableLoad
from ingestion.quarantine import Checked, check, examples, record_quarantined
from ingestion.systems import ConfigurationError, SourceError, SourceTable, System, choose, tables_of

SHOWN = 3  # rows of a table that a load quotes when it sets rows aside


def load(
    home: Path,
    systems: list[System],
    only: list[str] | None = None,
    *,
    business_time_zone: str = "UTC",
    progress: Callable[[str], None] | None = None,
) -> LoadReport:
    """Loads all systems, or those that `only` names (`system` or `system.table`), into `<home>/raw.duckdb`.

    Raises ConfigurationError before anything is read; SourceError (with `.report`) after everything else was loaded,
    if a system could not be read or a table was refused; LoadError if raw.duckdb cannot be written.
    """
    chosen = choose(systems, only, home)
    _check_time_zone(business_time_zone)
    home.mkdir(parents=True, exist_ok=True)
    started_at = datetime.now(UTC)
    load_id = f"{started_at:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"
    outcomes: list[TableLoad] = []
    with history.open_raw(home) as raw:
        for system, only_tables in chosen:
            one = _SystemLoad(raw, home, system, load_id, business_time_zone, progress or (lambda sentence: None))
            outcomes += one.run(only_tables)
    report = LoadReport(load_id, started_at, datetime.now(UTC), tuple(outcomes))
    if report.refused:
        refusal = SourceError("\n".join(f"{table.system}: {table.error}" for table in report.refused))
        refusal.report = report
        raise refusal
    return report


class _SystemLoad:
    """One system in one load."""

    def __init__(
        self,
        raw: DuckDBPyConnection,
        home: Path,
        system: System,
        load_id: str,
        business_time_zone: str,
        progress: Callable[[str], None],
    ) -> None:
        self.raw, self.home, self.system, self.load_id = raw, home, system, load_id
        self.business_time_zone, self.progress = business_time_zone, progress
        self.loaded_at = _loaded_at(raw, system)

    def run(self, only_tables: frozenset[str] | None) -> list[TableLoad]:
        try:
            tables = tables_of(self.system)
            _check_only(self.system, tables, only_tables)
        except SourceError as error:
            self._begin("")
            return [self._refused("", error)]
        outcomes: list[TableLoad] = []
        to_write: list[tuple[SourceTable, Checked, Changes]] = []
        for name in loads.tables_loaded_before(self.raw, self.system.name):
            if name not in {table.name for table in tables} and only_tables is None:
                self._begin(name)
                outcomes.append(self._refused(name, _gone(name)))
        for table in tables:
            if only_tables is not None and table.name not in only_tables:
                continue
            self._begin(table.name)
            try:
                checked = check(self.raw, table, self.business_time_zone)
                changes = history.compare(self.raw, self.system.name, table, checked)
            except SourceError as error:
                outcomes.append(self._refused(table.name, error))
            else:
                to_write.append((table, checked, changes))
        try:
            self._write(to_write)
            return outcomes + [self._finished(*written) for written in to_write]
        except LoadError as error:
            for table, _, _ in to_write:
                loads.fail(self.raw, self.load_id, self.system.name, table.name, str(error))
            raise

    def _write(self, to_write: list[tuple[SourceTable, Checked, Changes]]) -> None:
        changed = [(table, checked) for table, checked, changes in to_write if changes.any]
        if changed:
            folder = history.scratch_folder(self.home) / self.system.name
            history.write(
                self.raw, self.system.name, changed, load_id=self.load_id, loaded_at=self.loaded_at, folder=folder
            )

    def _begin(self, table: str) -> None:
        loads.begin(
            self.raw, self.load_id, self.system.name, self.system.source, table, datetime.now(UTC), self.loaded_at
        )

    def _finished(self, table: SourceTable, checked: Checked, changes: Changes) -> TableLoad:
        if changes.any:
            history.verify(self.raw, self.system.name, table, checked)
        outcome = TableLoad(
            system=self.system.name,
            table=table.name,
            rows_read=checked.rows_read,
            rows_loaded=checked.rows_checked,
            rows_quarantined=checked.rows_quarantined,
            status="finished",
            error=_deletions_unknown(checked) if table.complete else None,
            versions_added=changes.added,
            versions_retired=changes.retired,
        )
        self.raw.execute("BEGIN")
        record_quarantined(self.raw, table, self.load_id, self.system.name)
        schema_changes = loads.note_columns(self.raw, self.system.name, table.name, list(checked.columns))
        loads.finish(self.raw, self.load_id, outcome, schema_changes)
        self.raw.execute("COMMIT")
        self.progress(
            f"{self.system.name}.{table.name}: {checked.rows_read:,} rows read, {checked.rows_quarantined:,} "
            f"quarantined, {changes.added:,} versions added, {changes.retired:,} closed"
        )
        for sentence in (*_why_quarantined(self.raw, table, checked), *_unknown_columns(table, checked)):
            self.progress(f"  {sentence}")
        return outcome

    def _refused(self, table: str, error: SourceError) -> TableLoad:
        outcome = TableLoad(self.system.name, table, 0, 0, 0, "refused", str(error))
        loads.finish(self.raw, self.load_id, outcome)
        self.progress(f"{self.system.name}{'.' + table if table else ''}: refused. {error}")
        return outcome


def _why_quarantined(raw: DuckDBPyConnection, table: SourceTable, checked: Checked) -> Iterator[str]:
    """The first rows that were set aside, each with where it stands and what is wrong with it."""
    for line, reason in examples(raw, table, SHOWN):
        yield f"{table.origin} line {line}: {reason}"
    if checked.rows_quarantined > SHOWN:
        more = checked.rows_quarantined - SHOWN
        yield f"and {more:,} more: once built, marts.fct_quarantined_rows and page Trust, section Data, list them all"


def _unknown_columns(table: SourceTable, checked: Checked) -> Iterator[str]:
    """Columns of a template file that mean nothing here: kept in raw, and more often than not a slip of the pen."""
    if table.form != "columns":
        return
    unused = [name for name in table.columns if name not in checked.columns]
    for column in checked.columns:
        if column not in table.columns:
            near = difflib.get_close_matches(column, unused, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            yield f"{table.origin} has a column {column} that {table.name} does not: kept in raw, used nowhere.{meant}"


def _loaded_at(raw: DuckDBPyConnection, system: System) -> datetime:
    """The time that stands as valid_from on what this load writes. It never runs backwards."""
    newest = loads.newest_loaded_at(raw, system.name)
    if (exported_at := system.options.get("exported_at")) is None:
        now = datetime.now(UTC)
        return max(now, newest) if newest else now
    stated = _as_time(exported_at, system)
    if newest and stated < newest:
        raise ConfigurationError(
            f"[systems.{system.name}] says exported_at = {stated.isoformat()}, but raw.duckdb already holds a load of "
            f"{newest.isoformat()}. Older exports cannot be loaded over newer ones: correct exported_at, or start "
            "with a fresh raw.duckdb."
        )
    return stated


def _as_time(stated: object, system: System) -> datetime:
    try:
        moment = datetime.fromisoformat(stated) if isinstance(stated, str) else stated
    except ValueError:
        moment = None
    if isinstance(moment, date) and not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if not isinstance(moment, datetime):
        raise ConfigurationError(
            f"[systems.{system.name}] exported_at = {stated!r} is not a time such as 2026-03-31T18:00:00Z."
        )
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError(
            f"business_time_zone = '{name}' is no time zone. Use a name such as Europe/Berlin."
        ) from error


def _check_only(system: System, tables: list[SourceTable], only_tables: frozenset[str] | None) -> None:
    there = [table.name for table in tables]
    if missing := sorted((only_tables or frozenset()) - set(there)):
        raise SourceError(f"{system.name} has no table {', '.join(missing)}. It has: {', '.join(there)}.")


def _gone(table: str) -> SourceError:
    return SourceError(
        f"{table} was there at an earlier load and is gone. Its records stay as they were. Bring the file back; if the "
        "table is empty now, leave a file with nothing but its header."
    )


def _deletions_unknown(checked: Checked) -> str | None:
    if not checked.rows_without_a_key:
        return None
    return (
        f"{checked.rows_without_a_key} rows could not be read down to their key, so no record was taken as deleted "
        "in this load. See raw_tieout.quarantined_rows."
    )


__all__ = ["ConfigurationError", "LoadError", "LoadReport", "SourceError", "System", "TableLoad", "load"]
