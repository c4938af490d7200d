"""Reads a Parquet file into batches whose cells print exactly.

<table>.parquet → Arrow batches, header cleaned, floating numbers as their shortest exact text → quarantine.py
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.cells import quoted
from ingestion.files.rows import BATCH_ROWS, clean_header
from ingestion.systems import SourceError


def read_parquet(path: Path, required: Sequence[str]) -> Iterator[pa.Table]:
    """Yields batches of a Parquet file, at least one; `:line` is the row's number, beginning with 1.

    Raises SourceError where it is no Parquet file, or lacks a required column or has one twice.
    """
    try:
        with pq.ParquetFile(path) as file:
            header = clean_header(file.schema_arrow.names, required, path.name)
            yield _as_text(file.schema_arrow.empty_table(), header, 0)
            seen = 0
            for batch in file.iter_batches(BATCH_ROWS):
                yield _as_text(pa.Table.from_batches([batch]), header, seen)
                seen += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{path.name} is refused: it cannot be read as Parquet ({error}).") from error


def _as_text(table: pa.Table, header: list[str], seen: int) -> pa.Table:
    names = [f"c{number}" for number in range(len(header))]
    plain = table.rename_columns(names)
    cells = [
        f"{_text(name, field.type)} AS {quoted(column)}"
        for name, field, column in zip(names, plain.schema, header, strict=True)
    ]
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("plain", plain)
        read: pa.Table = connection.execute(f"SELECT {', '.join(cells)} FROM plain").to_arrow_table()
    return read.append_column(":line", pa.array(range(seen + 1, seen + table.num_rows + 1), pa.int64()))


def _text(name: str, type_: pa.DataType) -> str:
    if pa.types.is_floating(type_):
        # The shortest text that reads back as the same number, written out rather than with an exponent.
        written_out = f"rtrim(rtrim(CAST(TRY_CAST({name} AS DECIMAL(38,15)) AS VARCHAR), '0'), '.')"
        return (
            f"CASE WHEN CAST(TRY_CAST({name} AS DECIMAL(38,15)) AS DOUBLE) = CAST({name} AS DOUBLE) "
            f"THEN {written_out} ELSE CAST({name} AS VARCHAR) END"
        )
    if pa.types.is_timestamp(type_) and type_.tz is None:
        # A day that a data frame widened to a time is a day again.
        return (
            f"CASE WHEN {name} = date_trunc('day', {name}) THEN strftime({name}, '%Y-%m-%d') ELSE {name}::VARCHAR END"
        )
    if pa.types.is_nested(type_):
        return f"CAST(to_json({name}) AS VARCHAR)"
    return f"CAST({name} AS VARCHAR)"
