"""An Excel workbook: relations of a snapshot -> one sheet each, after a sheet that says what they are.

Numbers are written digit for digit, never through a float. Excel itself reads 15 significant digits of a number and no
more, so that a value with more is said; text is never taken for a formula.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from warehouse.connect import Warehouse
from warehouse.errors import SettingsError
from warehouse.export import EXPORT_SECONDS
from warehouse.relations import Column, Relation

MOST_ROWS = 1_048_576  # of a sheet, its header included
MOST_CHARACTERS = 32_767  # of a cell
MOST_DIGITS = 15  # of a number
MOST_TITLE = 31
FIRST_YEAR = 1900  # Excel has no earlier dates
CUT = " … (cut: an Excel cell holds no more)"
ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # text that Excel would take for an escaped character

Say = Callable[[str], None]


def write_workbook(
    warehouse: Warehouse, asked: Sequence[Relation], about: Mapping[str, str], file: Path, *, say: Say
) -> None:
    """Write `file` whole or not at all: the sheet About, then one for each relation.

    Raises SettingsError where a relation has more rows than a sheet, or the folder is not there.
    """
    if not file.absolute().parent.is_dir():
        raise SettingsError(f"There is no folder {file.absolute().parent} to write {file.name} into.")
    for relation in asked:
        check_rows(relation, count_rows(warehouse, relation))
    book = Workbook(write_only=True)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        _fill(book, warehouse, asked, about, say)
        book.save(part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
        for sheet in book.worksheets:  # one that is left open complains when it is collected
            if not sheet.closed:
                sheet.close()
    say(f"wrote {file}")


def _fill(
    book: Any, warehouse: Warehouse, asked: Sequence[Relation], about: Mapping[str, str], say: Say
) -> None:
    front = book.create_sheet("About")
    sheets = []
    for title, relation in _titles(asked):
        sheet = _Sheet(book, title, relation)
        with warehouse.batches(f"{relation.sql} order by all", EXPORT_SECONDS) as (_, batches):
            for batch in batches:
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    sheet.append(row)
        sheets.append(sheet)
        say(f"export {relation.full_name}: {sheet.rows:,} rows")
        for note in sheet.notes():
            say(f"export {relation.full_name}: {note}")
    _write_about(front, about, sheets)


def count_rows(warehouse: Warehouse, relation: Relation) -> int:
    """How many rows the relation has."""
    counted = warehouse.query(f"select count(*) as n from {relation.source}", seconds=EXPORT_SECONDS)
    return int(counted.column("n")[0].as_py())


def check_rows(relation: Relation, rows: int) -> None:
    """Raises SettingsError where so many rows, with their header, do not fit into a sheet."""
    if rows + 1 > MOST_ROWS:
        raise SettingsError(
            f"{relation.full_name} has {rows:,} rows, and an Excel sheet holds {MOST_ROWS - 1:,} and a header. Export "
            "it to files (--to FOLDER/, with --format csv or parquet) or to PostgreSQL (--to postgresql://…) instead."
        )


class _Sheet:
    """A sheet that is being written: it counts its rows, and what Excel will not show in full."""

    def __init__(self, book: Any, title: str, relation: Relation) -> None:
        self.title, self.relation = title, relation
        self.rows = self.long_numbers = self.long_texts = 0
        self._sheet = book.create_sheet(title)
        self._formats = [_number_format(column) for column in relation.columns]
        self._sheet.freeze_panes = "A2"
        for position, column in enumerate(relation.columns, start=1):
            width = 40 if column.name in ("description", "label", "client", "engagement_name") else 14
            self._sheet.column_dimensions[get_column_letter(position)].width = max(width, len(column.name) + 2)
        self._sheet.append([_bold(self._sheet, column.name) for column in relation.columns])

    def append(self, row: Sequence[Any]) -> None:
        self._sheet.append(list(self._cells(row)))
        self.rows += 1

    def notes(self) -> list[str]:
        """What Excel will not show as it is."""
        notes = []
        if self.long_numbers:
            notes.append(
                f"Numbers of more than {MOST_DIGITS} digits: {self.long_numbers:,}. All digits are in the file; Excel "
                f"reads the first {MOST_DIGITS}."
            )
        if self.long_texts:
            notes.append(f"Texts cut to the {MOST_CHARACTERS:,} characters of a cell: {self.long_texts:,}.")
        return notes

    def _cells(self, row: Sequence[Any]) -> Iterator[Any]:
        for value, number_format in zip(row, self._formats, strict=True):
            if value is None:
                yield None
                continue
            cell = WriteOnlyCell(self._sheet)
            if isinstance(value, bool):
                cell.value = value
            elif isinstance(value, Decimal | int) or (isinstance(value, float) and math.isfinite(value)):
                cell.value = f"{value:f}" if isinstance(value, Decimal) else repr(value)
                cell.data_type = "n"  # the text is the number: openpyxl would make a decimal a float
                if not isinstance(value, float):
                    self.long_numbers += _digits(cell.value) > MOST_DIGITS
            elif isinstance(value, date) and value.year >= FIRST_YEAR:
                cell.value = _in_utc(value)
            else:
                cell.value, is_cut = _text(value)
                cell.data_type = "s"  # also where it begins with =, and openpyxl would make it a formula
                self.long_texts += is_cut
            if number_format:
                cell.number_format = number_format
            yield cell


def _titles(asked: Sequence[Relation]) -> Iterator[tuple[str, Relation]]:
    """Each relation with the name of its sheet: its own, short enough, and no two alike (Excel ignores case)."""
    taken = {"about"}
    for relation in asked:
        title, number = relation.name[:MOST_TITLE], 2
        while title.lower() in taken:
            title = f"{relation.name[: MOST_TITLE - 3]} {number}"
            number += 1
        taken.add(title.lower())
        yield title, relation


def _write_about(front: Any, about: Mapping[str, str], sheets: Sequence[_Sheet]) -> None:
    front.column_dimensions["A"].width = 32
    front.column_dimensions["B"].width = 12
    front.column_dimensions["C"].width = 110
    for key, value in (dict(about) | {"Exported": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"}).items():
        front.append([_bold(front, key), None, _text_cell(front, value)])
    front.append([])
    front.append([_bold(front, name) for name in ("Sheet", "Rows", "What it holds")])
    for sheet in sheets:
        told = " ".join([f"{sheet.relation.full_name}. {sheet.relation.description}", *sheet.notes()])
        front.append([_text_cell(front, sheet.title), sheet.rows, _text_cell(front, told)])


def _number_format(column: Column) -> str | None:
    """How Excel shows a column: money with its cents, days as ISO 8601 writes them."""
    if column.type.startswith("DECIMAL") and column.type.endswith(",2)"):
        return "#,##0.00"
    return {"DATE": "yyyy-mm-dd", "TIMESTAMP WITH TIME ZONE": "yyyy-mm-dd hh:mm:ss"}.get(column.type)


def _digits(number: str) -> int:
    """Significant digits of a number's text: zeros at its ends are none."""
    return len(number.lstrip("-").replace(".", "").strip("0"))


def _in_utc(value: date) -> date:
    """A time without its zone, which Excel does not know; a day as it is."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _text(value: Any) -> tuple[str, bool]:
    """The value as a cell's text, and whether it was cut."""
    text = ESCAPED.sub("_x005F_", value if isinstance(value, str) else str(value))
    text = ILLEGAL_CHARACTERS_RE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    if len(text) <= MOST_CHARACTERS:
        return text, False
    return text[: MOST_CHARACTERS - len(CUT)] + CUT, True


def _text_cell(sheet: Any, value: str) -> Any:
    cell = WriteOnlyCell(sheet, value=_text(value)[0])
    cell.data_type = "s"
    return cell


def _bold(sheet: Any, value: str) -> Any:
    cell = _text_cell(sheet, value)
    cell.font = Font(bold=True)
    return cell
