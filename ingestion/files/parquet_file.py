"""Reads a Parquet file into batches of text, each cell as a CSV file would hold it.

<table>.parquet → Arrow batches, header cleaned → text cells, floating numbers at their shortest exact → quarantine.py
"""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion.files.rows import BATCH_ROWS, clean_header
from ingestion.systems import SourceError

_MIDNIGHT = r"[T ]00:00:00(\.0*)?$"


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
    cells = {name: _text(column) for name, column in zip(header, table.columns, strict=True)}
    lines = pa.array(range(seen + 1, seen + table.num_rows + 1), pa.int64())
    return pa.table({**cells, ":line": lines})


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    type_ = column.type
    if pa.types.is_dictionary(type_):
        return _text(column.cast(type_.value_type))
    if pa.types.is_nested(type_):
        values = [None if cell is None else json.dumps(cell, default=str) for cell in column.to_pylist()]
        return pa.chunked_array([pa.array(values, pa.string())])
    if pa.types.is_timestamp(type_) and type_.tz is not None:
        as_utc = column.cast(pa.timestamp(type_.unit)).cast(pa.string())
        return pc.binary_join_element_wise(as_utc, "Z", "")
    text = column.cast(pa.string())
    if pa.types.is_floating(type_) or pa.types.is_decimal(type_):
        return _written_out(text)
    if pa.types.is_timestamp(type_):
        # A day that a data frame widened to a time is a day again.
        is_day = pc.match_substring_regex(text, _MIDNIGHT)
        return pc.if_else(is_day, pc.utf8_slice_codeunits(text, 0, 10), text)
    return text


def _written_out(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers without exponents: 1e-05 is 0.00001."""
    if not pc.any(pc.match_substring(text, "e", ignore_case=True)).as_py():
        return text
    plain = [format(Decimal(cell), "f") if cell and "e" in cell.lower() else cell for cell in text.to_pylist()]
    return pa.chunked_array([pa.array(plain, pa.string())])
