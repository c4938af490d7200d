"""Rows gathered into Arrow batches of text, for every kind of file.

csv_file.py, excel_file.py → (cells, line, problem) → pyarrow tables → quarantine.py
"""

import difflib
from collections.abc import Iterator, Sequence

import pyarrow as pa
from pyarrow import csv

from ingestion.systems import SourceError

BATCH_ROWS = 100_000


class Batch:
    """Rows under one header, until they are handed on as tables of text columns with `:line`, `:problem`, `:text`."""

    def __init__(self, header: Sequence[str]) -> None:
        self.header = list(header)
        self._clear()

    def _clear(self) -> None:
        self.rows: list[Sequence[str | None]] = []
        self.lines: list[int] = []
        self.plain_rows: list[str] = []  # rows as one text: cells between commas, no quotes, the right number of them
        self.plain_lines: list[int] = []
        self.problems: list[tuple[str, str]] = []  # why a row cannot be read, and the row as it stood
        self.problem_lines: list[int] = []

    def add(self, cells: Sequence[str | None], line: int) -> None:
        self.rows.append(cells)
        self.lines.append(line)

    def add_problem(self, problem: str, text: str, line: int) -> None:
        self.problems.append((problem, text))
        self.problem_lines.append(line)

    @property
    def is_full(self) -> bool:
        return len(self.rows) + len(self.plain_rows) + len(self.problems) >= BATCH_ROWS

    def take(self) -> Iterator[pa.Table]:
        """The rows so far as tables, at least one, in no order but that of `:line`; the batch is empty afterwards."""
        if self.plain_rows:
            yield _numbered(_parsed(self.header, self.plain_rows), self.plain_lines)
        if self.problems:
            why, as_read = zip(*self.problems, strict=True)
            nothing = pa.nulls(len(why), pa.string())
            table = pa.table({**dict.fromkeys(self.header, nothing), ":problem": why, ":text": as_read})
            yield _numbered(table, self.problem_lines)
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.header)
        cells = {name: pa.array(column, pa.string()) for name, column in zip(self.header, columns, strict=True)}
        yield _numbered(pa.table(cells), self.lines)
        self._clear()


def _parsed(header: list[str], rows: list[str]) -> pa.Table:
    """Rows without quotes, cut at their commas (by Arrow: ten times as fast as in Python)."""
    text = "\n".join(rows).encode()
    table: pa.Table = csv.read_csv(
        pa.BufferReader(text),
        read_options=csv.ReadOptions(column_names=header, block_size=len(text) + 1),
        parse_options=csv.ParseOptions(quote_char=False, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False),
    )
    if table.num_rows != len(rows):
        raise AssertionError(f"{len(rows)} rows were cut into {table.num_rows}.")
    return table


def _numbered(table: pa.Table, lines: list[int]) -> pa.Table:
    return table.append_column(":line", pa.array(lines, pa.int64()))


def clean_header(cells: Sequence[str | None], required: Sequence[str], file: str) -> list[str]:
    """A file's header as column names: trimmed and in lower case. Unnamed columns become `column_<number>`.

    Raises SourceError, naming file and column, where two become one or a required one is missing.
    """
    names = [(cell or "").strip().strip("\ufeff").strip() for cell in cells]
    header = [name.lower() or f"column_{number}" for number, name in enumerate(names, start=1)]
    seen: dict[str, str] = {}
    for name, column in zip(names, header, strict=True):
        if column in seen:
            raise SourceError(
                f"{file} is refused: its columns '{seen[column]}' and '{name}' are one and the same ({column}). "
                "Rename or remove one of them."
            )
        seen[column] = name
        if column.startswith(":"):
            raise SourceError(f"{file} is refused: no column's name may begin with a colon ('{name}').")
    if missing := [column for column in required if column not in seen]:
        hint = ""
        if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
            hint = " Its cells seem to be separated by something else than a comma: save it with commas."
        others = [column for column in header if column not in required]
        for column in missing:
            for near in difflib.get_close_matches(column, others, n=1) if not hint else ():
                hint = f" Is {near} meant to be {column}?"
        plural = "s" if len(missing) > 1 else ""
        raise SourceError(
            f"{file} is refused: it lacks the required column{plural} {', '.join(missing)}. Nothing of this table "
            f"was changed. Add {'them' if plural else 'it'} and load again.{hint}"
        )
    return header
