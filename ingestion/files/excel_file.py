"""Reads a sheet of an Excel file as text, as Excel itself would show the values.

<table>.xlsx → openpyxl (values, read-only) → text cells; serials of dates and 0/1 of booleans turned → quarantine.py

Excel keeps every number as a floating one and shows 15 significant digits, so 15 are taken: a cell that shows 0.3 is
0.3, though the file says 0.30000000000000004.
"""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.exceptions import InvalidFileException

from ingestion.files.rows import Batch, clean_header
from ingestion.systems import SourceError


def read_excel(path: Path, required: Sequence[str], columns: Mapping[str, str]) -> Iterator[pa.Table]:
    """Yields text batches of the sheet named like the file, else of the first; `:line` is Excel's row number.

    `columns` gives the types by which numeric cells of dates, times and booleans are turned. Raises SourceError where
    it is no Excel file, or lacks a required column or has one twice.
    """
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(path, read_only=True) if _has_formulas(path) else None
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise SourceError(f"{path.name} is refused: it cannot be read as an .xlsx file ({error}).") from error
    try:
        sheet = _rows(workbook, path.stem)
        formula_sheet = _rows(formulas, path.stem) if formulas else None
        yield from _batches(sheet, formula_sheet, required, columns, workbook.epoch, path.name)
    finally:
        workbook.close()
        if formulas:
            formulas.close()


def _batches(
    sheet: Iterator[tuple[Any, ...]],
    formula_sheet: Iterator[tuple[Any, ...]] | None,
    required: Sequence[str],
    columns: Mapping[str, str],
    epoch: datetime,
    name: str,
) -> Iterator[pa.Table]:
    first = next(sheet, ())
    if formula_sheet:
        next(formula_sheet, None)
    header = clean_header([_text(cell.value, "text", epoch) for cell in _trimmed(first)], required, name)
    types = [columns.get(column, "text") for column in header]
    width, batch = len(header), Batch(header)
    for number, row in enumerate(sheet, start=2):
        written = next(formula_sheet, ()) if formula_sheet else ()
        problem = _problem(row, written, header)
        cells = [_text(cell.value, type_, epoch) for cell, type_ in zip(row, types, strict=False)]
        beyond = [cell.value for cell in row[width:] if cell.value is not None]
        if problem or beyond:
            shown = ",".join("" if cell.value is None else str(cell.value) for cell in row)
            batch.add_problem(problem or "the row has cells beyond the header's last column", shown, number)
        elif any(cell is not None for cell in cells):
            batch.add(cells + [None] * (width - len(cells)), number)
        if batch.is_full:
            yield from batch.take()
    yield from batch.take()


def _problem(row: tuple[Any, ...], written: tuple[Any, ...], header: list[str]) -> str | None:
    """What makes a row unreadable: an error cell, or a formula whose value was never stored."""
    for position, cell in enumerate(row[: len(header)]):
        if cell.value is not None and getattr(cell, "data_type", None) == "e":
            return f"{header[position]} holds Excel's error {cell.value}"
    for position, cell in enumerate(written[: len(header)]):
        is_formula = getattr(cell, "data_type", None) == "f"
        if is_formula and (position >= len(row) or row[position].value is None):
            return f"{header[position]} holds a formula without its result; open the file in Excel and save it"
    return None


def _text(value: Any, type_name: str, epoch: datetime) -> str | None:
    """One cell's value as the text that a CSV file would hold."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_text(value, type_name, epoch)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value).replace("_x000D_", "\r")


def _number_text(value: int | float, type_name: str, epoch: datetime) -> str:
    if type_name == "boolean" and value in (0, 1):
        return "true" if value else "false"
    if type_name in ("date", "timestamp") and value >= 1:
        try:
            return _text(from_excel(value, epoch), type_name, epoch) or ""
        except (ValueError, OverflowError):
            pass  # no serial of a day: shown as the number it is, and set aside as no date
    return format(Decimal(format(value, ".15g")), "f") if value == value and abs(value) < 1e300 else str(value)


def _rows(workbook: Any, table: str) -> Iterator[tuple[Any, ...]]:
    sheet = workbook[table] if table in workbook.sheetnames else workbook.worksheets[0]
    sheet.reset_dimensions()  # some writers state a wrong size, and rows beyond it would be lost
    return iter(sheet.iter_rows())


def _trimmed(cells: tuple[Any, ...]) -> list[Any]:
    """The header's cells without the empty ones at its end."""
    last = max((position for position, cell in enumerate(cells, start=1) if cell.value is not None), default=0)
    return list(cells[:last])


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(_contains(archive, name, (b"<f>", b"<f ", b"<f/")) for name in sheets)


def _contains(archive: zipfile.ZipFile, name: str, marks: tuple[bytes, ...]) -> bool:
    with archive.open(name) as member:
        before = b""
        while chunk := member.read(1 << 20):
            if any(mark in before + chunk for mark in marks):
                return True
            before = chunk[-2:]
    return False
