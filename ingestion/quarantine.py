"""Every row a source yields is either checked and typed, or set aside with its reason: read = checked + quarantined.

SourceTable.read() → (here, in a scratch database) → checked.<table>, broken.<table> → history.py
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from ingestion.canonical import raw_column, sql_type
from ingestion.cells import Cell, column_cell, field_cell, literal, quoted
from ingestion.systems import SourceError, SourceTable

LINE, PROBLEM, TEXT = ":line", ":problem", ":text"  # what a reader may tell about a row, beside its cells

_MARK = "\x1f1"  # a unit separator and a 1, before each cell that goes into a row's version
_BROKEN_COLUMNS = """
    ordinal BIGINT, line BIGINT, source_id VARCHAR, column_name VARCHAR, value VARCHAR, reason VARCHAR, record VARCHAR
"""


@dataclass(frozen=True)
class Checked:
    """What became of the rows of one table. `columns` are those its source has, as it names them."""

    rows_read: int
    rows_quarantined: int
    rows_without_a_key: int  # rows so broken that even their key is unknown
    columns: tuple[str, ...]

    @property
    def rows_checked(self) -> int:
        return self.rows_read - self.rows_quarantined


def check(raw: DuckDBPyConnection, table: SourceTable, business_time_zone: str) -> Checked:
    """Reads a whole table into `scratch.checked` and `scratch.broken`.

    Raises SourceError where the source itself cannot be read. Raises AssertionError if a row got lost on the way.
    """
    raw.execute("CREATE SCHEMA IF NOT EXISTS scratch.checked; CREATE SCHEMA IF NOT EXISTS scratch.broken")
    raw.execute("BEGIN")  # one transaction: a commit for each batch would take longer than the work itself
    try:
        raw.execute(f"CREATE OR REPLACE TABLE {_at('checked', table)} ({_checked_columns(table)})")
        raw.execute(f"CREATE OR REPLACE TABLE {_at('broken', table)} ({_BROKEN_COLUMNS})")
        rows_read, columns = _read(raw, table, business_time_zone)
        _set_duplicates_aside(raw, table)
    except BaseException:
        raw.execute("ROLLBACK")
        raise
    raw.execute("COMMIT")
    return _reconciled(raw, table, rows_read, columns)


def examples(raw: DuckDBPyConnection, table: SourceTable, count: int) -> list[tuple[int, str]]:
    """The first lines that `check` set aside, and why."""
    return raw.execute(f"SELECT line, reason FROM {_at('broken', table)} ORDER BY line LIMIT ?", [count]).fetchall()


def _read(raw: DuckDBPyConnection, table: SourceTable, time_zone: str) -> tuple[int, tuple[str, ...]]:
    """Checks batch by batch; returns how many rows there were, and the columns the source has."""
    rows_read = 0
    columns: tuple[str, ...] = ()
    for batch in _numbered(table.read()):
        columns = columns or tuple(name for name in batch.column_names if not name.startswith(":"))
        rows_read += batch.num_rows
        if batch.num_rows:
            _check_batch(raw, table, batch, time_zone)
    return rows_read, columns


def record_quarantined(raw: DuckDBPyConnection, table: SourceTable, load_id: str, system: str) -> None:
    """Copies the rows that were set aside into raw_tieout.quarantined_rows, one row for one row."""
    raw.execute(
        f"""
        INSERT INTO raw_tieout.quarantined_rows
        SELECT ?, ?, ?, ?, line, column_name, value, reason, record FROM {_at("broken", table)} ORDER BY ordinal
        """,
        [load_id, system, table.name, table.origin],
    )


def _numbered(batches: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Gives every row a running number, and a line where its reader has none."""
    seen = 0
    for batch in batches:
        ordinals = pa.array(range(seen + 1, seen + batch.num_rows + 1), pa.int64())
        seen += batch.num_rows
        numbered = _trimmed(batch).append_column(":ordinal", ordinals)
        if LINE not in numbered.column_names:
            numbered = numbered.append_column(LINE, ordinals)
        for name in (PROBLEM, TEXT):
            if name not in numbered.column_names:
                numbered = numbered.append_column(name, pa.nulls(batch.num_rows, pa.string()))
        yield numbered


def _trimmed(batch: pa.Table) -> pa.Table:
    """Cells without the white space around them, which means nothing; records and their like stay as they are."""
    for position, name in enumerate(batch.column_names):
        if batch.schema.types[position] == pa.string() and name not in ("record", TEXT):
            batch = batch.set_column(position, name, pc.utf8_trim_whitespace(batch.column(position)))
    return batch


def _check_batch(raw: DuckDBPyConnection, table: SourceTable, batch: pa.Table, time_zone: str) -> None:
    """Checks one batch. Nearly every row is sound, so reasons are only worked out where some row is not."""
    if table.form == "records" and "record" not in batch.column_names:
        raise SourceError(f"{table.name}: its reader yields no column `record`. Mend ingestion/sources.")
    cells = _cells(table, batch.column_names, time_zone)
    read_rows = _read_rows(table, batch.column_names, cells)
    raw.register("batch", batch)
    sound = raw.execute(f"INSERT INTO {_at('checked', table)} {_checked_rows(table, cells, read_rows)}").fetchone()
    if sound is None or sound[0] < batch.num_rows:
        record = "record" if table.form == "records" else _json([c for c in batch.column_names if c[0] != ":"])
        raw.execute(f"INSERT INTO {_at('broken', table)} {_broken_rows(table, cells, read_rows, record)}")
    raw.unregister("batch")


def _cells(table: SourceTable, batch_columns: list[str], time_zone: str) -> list[Cell]:
    """The cells to check, the key's first in a table of records (which need not name it among its fields)."""
    if table.form == "columns":
        return [
            column_cell(name, type_name, time_zone, name in batch_columns) for name, type_name in table.columns.items()
        ]
    keys = {name: table.columns.get(name, "text") for name in table.key}
    return [field_cell(name, type_name, time_zone) for name, type_name in {**keys, **table.columns}.items()]


def _read_rows(table: SourceTable, batch_columns: list[str], cells: list[Cell]) -> str:
    """Select of one batch: each cell as text and as its typed value, the row's key, and whether it is broken."""
    if table.form == "records":
        payload = "record"
        object_json = "CASE WHEN json_valid(record) AND json_type(record) = 'OBJECT' THEN CAST(record AS JSON) END"
        source = f"(SELECT *, {object_json} AS parsed FROM batch)"
        problem = f"coalesce({quoted(PROBLEM)}, CASE WHEN parsed IS NULL THEN 'the line is not one JSON object' END)"
    else:
        payload = f"{_extra_columns(table, batch_columns)} AS extra_columns"
        source, problem = "batch", quoted(PROBLEM)
    missing = [f"{cell.value} IS NULL" for cell in cells if cell.name in _required(table)]
    missing += [
        f"(coalesce({_named(cells, flag).value}, false) AND {_named(cells, name).value} IS NULL)"
        for flag, names in table.required_once.items()
        for name in names
    ]
    unreadable = [cell.is_unreadable for cell in cells]
    return f"""
        WITH texts AS (
            SELECT {quoted(":ordinal")} AS ordinal, {quoted(LINE)} AS line, {problem} AS problem,
                ({problem}) IS NULL AS is_readable,
                {payload},
                {", ".join(f"{cell.text_expression} AS {cell.text}" for cell in cells)}
            FROM {source}
        ),
        typed AS (
            SELECT *, {", ".join(f"{cell.value_expression} AS {cell.value}" for cell in cells)} FROM texts
        )
        SELECT *, {_source_id(table, cells)} AS source_id,
            NOT is_readable OR {" OR ".join([*missing, *unreadable]) or "false"} AS is_broken
        FROM typed
    """


def _checked_rows(table: SourceTable, cells: list[Cell], read_rows: str) -> str:
    if table.form == "records":
        version, payload = "strlen(source_id) || ':' || source_id || record", "record"
    else:
        # Empty cells leave no trace, so that a new column nobody filled yet changes no version. No text can imitate
        # the mark that begins a cell, so that no two different rows spell the same.
        parts = [f"{literal(_MARK + raw_column(cell.name) + '=')} || {_unmarked(cell, table)}" for cell in cells]
        version = f"concat({', '.join([*parts, literal(_MARK) + ' || extra_columns'])})"
        payload = ", ".join([*(cell.value for cell in cells), "extra_columns"])
    return f"""
        SELECT ordinal, line, source_id, left(sha256({version}), 32), {payload} FROM ({read_rows}) WHERE NOT is_broken
    """


def _unmarked(cell: Cell, table: SourceTable) -> str:
    """A cell's value as text. Only free text can hold a unit separator, which is told apart from the mark."""
    if table.columns[cell.name] != "text":
        return f"CAST({cell.value} AS VARCHAR)"
    return f"replace({cell.value}, '\x1f', '\x1f0')"


def _broken_rows(table: SourceTable, cells: list[Cell], read_rows: str, record: str) -> str:
    """One row for each broken row: its first breach, and the others in its reason."""
    breaches = []
    for cell in cells:
        cases = [f"WHEN {cell.is_unreadable} THEN {cell.complaint}"]
        if cell.name in _required(table):
            cases.append(f"WHEN {cell.value} IS NULL THEN {literal(f'{cell.name} is empty, and every row needs it')}")
        for flag, names in table.required_once.items():
            if cell.name in names:
                needed = literal(f"{cell.name} is empty, and is needed once {flag} is true")
                cases.append(f"WHEN {cell.value} IS NULL AND {_named(cells, flag).value} THEN {needed}")
        breaches.append(
            f"{{'column_name': {literal(cell.name)}, 'value': {cell.shown}, 'reason': CASE {' '.join(cases)} END}}"
        )
    return f"""
        WITH found AS (
            SELECT *, list_filter([{", ".join(breaches)}], lambda breach: breach.reason IS NOT NULL) AS breaches
            FROM ({read_rows}) WHERE is_broken
        ),
        stood AS (SELECT {quoted(":ordinal")} AS ordinal, coalesce({quoted(TEXT)}, {record}) AS as_read FROM batch)
        SELECT ordinal, line, CASE WHEN is_readable THEN source_id END,
            CASE WHEN is_readable THEN breaches[1].column_name END,
            CASE WHEN is_readable THEN breaches[1].value END,
            CASE WHEN is_readable
                THEN array_to_string(list_transform(breaches, lambda breach: breach.reason), '; also: ')
                ELSE problem
            END,
            as_read
        FROM found JOIN stood USING (ordinal)
    """


def _set_duplicates_aside(raw: DuckDBPyConnection, table: SourceTable) -> None:
    """Of identical rows with one key the first stays; of differing ones none does, for nobody knows which is right."""
    checked, broken, key = _at("checked", table), _at("broken", table), ", ".join(table.key)
    record = _json(list(_payload_types(table)), "c.") if table.form == "columns" else "c.record"
    keys = f"(SELECT source_id FROM {checked} UNION ALL SELECT source_id FROM {broken})"
    doubles = raw.execute(f"SELECT count(source_id) - count(DISTINCT source_id) FROM {keys}").fetchone()
    if doubles == (0,):
        return
    raw.execute(f"""
        CREATE OR REPLACE TEMP TABLE doubled AS
        SELECT source_id, count(DISTINCT coalesce(row_version, 'broken')) = 1 AS is_identical,
            arg_min(ordinal, line) AS first_ordinal, list(line ORDER BY line) AS lines
        FROM (
            SELECT source_id, row_version, ":ordinal" AS ordinal, ":line" AS line FROM {checked}
            UNION ALL
            SELECT source_id, NULL, ordinal, line FROM {broken} WHERE source_id IS NOT NULL
        )
        GROUP BY source_id HAVING count(*) > 1
    """)
    raw.execute(f"""
        CREATE OR REPLACE TEMP TABLE set_aside AS
        SELECT c.":ordinal" AS ordinal, c.":line" AS line, c.source_id,
            {literal(key)} AS column_name, c.source_id AS value,
            CASE WHEN d.is_identical
                THEN {literal(key)} || ' ' || c.source_id || ' is here a second time, identical to line ' || d.lines[1]
                    || ', which was kept'
                ELSE {literal(key)} || ' ' || c.source_id || ' is on lines ' || array_to_string(d.lines[:5], ', ')
                    || CASE WHEN len(d.lines) > 5 THEN ' and ' || (len(d.lines) - 5) || ' more' ELSE '' END
                    || ' with different contents; none of them was loaded'
            END AS reason,
            {record} AS record
        FROM {checked} AS c JOIN doubled AS d USING (source_id)
        WHERE NOT d.is_identical OR c.":ordinal" <> d.first_ordinal
    """)
    raw.execute(f"INSERT INTO {broken} SELECT * FROM set_aside")
    raw.execute(f'DELETE FROM {checked} WHERE ":ordinal" IN (SELECT ordinal FROM set_aside)')
    raw.execute("DROP TABLE doubled; DROP TABLE set_aside")


def _reconciled(raw: DuckDBPyConnection, table: SourceTable, rows_read: int, columns: tuple[str, ...]) -> Checked:
    counts = raw.execute(f"""
        SELECT (SELECT count(*) FROM {_at("checked", table)}), count(*), count(*) FILTER (WHERE column_name IS NULL)
        FROM {_at("broken", table)}
    """).fetchone()
    assert counts is not None
    rows_checked, rows_quarantined, rows_without_a_key = counts
    if rows_read != rows_checked + rows_quarantined:
        raise AssertionError(
            f"{table.name}: {rows_read} rows were read, but {rows_checked} checked and {rows_quarantined} quarantined."
        )
    return Checked(rows_read, rows_quarantined, rows_without_a_key, columns)


def _source_id(table: SourceTable, cells: list[Cell]) -> str:
    """The key's text, joined by `|`; null where a part that every row needs is missing or unreadable."""
    parts = [_named(cells, name) for name in table.key]
    if len(parts) == 1:
        return f"CAST({parts[0].value} AS VARCHAR)"
    escaped = [f"coalesce(replace(replace({p.value}::VARCHAR, '\\', '\\\\'), '|', '\\|'), '')" for p in parts]
    readable = [f"NOT coalesce({part.is_unreadable}, false)" for part in parts]
    present = [f"{part.value} IS NOT NULL" for part in parts if part.name in _required(table)]
    joined = " || '|' || ".join(escaped)
    return f"CASE WHEN {' AND '.join([*readable, *present])} THEN {joined} END"


def _required(table: SourceTable) -> tuple[str, ...]:
    """In a table of records the key is always required; one of columns says so itself (a key part may be optional)."""
    return table.required if table.form == "columns" and table.required else (*table.required, *table.key)


def _extra_columns(table: SourceTable, batch_columns: list[str]) -> str:
    """JSON of the filled cells in columns that the table does not declare, in order of name; null if there are none."""
    extra = sorted(name for name in batch_columns if name not in table.columns and not name.startswith(":"))
    if not extra:
        return "CAST(NULL AS VARCHAR)"
    pairs = [
        f"to_json({literal(name)}) || ':' || to_json(nullif(CAST({quoted(name)} AS VARCHAR), ''))" for name in extra
    ]
    return f"'{{' || nullif(concat_ws(',', {', '.join(pairs)}), '') || '}}'"


def _json(columns: list[str], of: str = "") -> str:
    """SQL of a JSON object that shows these columns' values as text."""
    pairs = [f"{literal(name)}, CAST({of}{quoted(name)} AS VARCHAR)" for name in columns]
    return f"CAST(json_object({', '.join(pairs)}) AS VARCHAR)"


def _named(cells: list[Cell], name: str) -> Cell:
    return next(cell for cell in cells if cell.name == name)


def _payload_types(table: SourceTable) -> dict[str, str]:
    """The columns that raw keeps beside the loader's own, with DuckDB's types."""
    if table.form == "records":
        return {"record": "VARCHAR"}
    return {**{raw_column(n): sql_type(t) for n, t in table.columns.items()}, "extra_columns": "VARCHAR"}


def _checked_columns(table: SourceTable) -> str:
    payload = ", ".join(f"{quoted(name)} {type_}" for name, type_ in _payload_types(table).items())
    return f'":ordinal" BIGINT, ":line" BIGINT, source_id VARCHAR, row_version VARCHAR, {payload}'


def _at(schema: str, table: SourceTable) -> str:
    return f"scratch.{schema}.{quoted(table.name)}"
