"""How the command line prints a table: names + rows -> text, CSV or JSON.

Decimals are exact everywhere: in JSON a money amount is a string ("1250.00"), since most readers of JSON would make a
number a float. Dates and times are ISO 8601.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

FORMATS = ("table", "csv", "json")


def render(names: Sequence[str], rows: Sequence[Sequence[Any]], form: str) -> str:
    """The table as text that ends in a newline; `form` is one of FORMATS."""
    if form == "json":
        return as_json(as_objects(names, rows))
    if form == "csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([names, *([_cell(value) for value in row] for row in rows)])
        return text.getvalue()
    return _aligned(names, rows)


def as_objects(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """One object for each row, of what JSON can hold."""
    return [dict(zip(names, map(_plain, row), strict=True)) for row in rows]


def as_json(value: Any) -> str:
    """Objects made by `as_objects`, alone or within others, as JSON text that ends in a newline."""
    return json.dumps(value, indent=1) + "\n"


def _aligned(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Columns as wide as their longest cell, numbers to the right with thousands apart."""
    cells = [[_shown(value) for value in row] for row in rows]
    widths = [max(len(name), *(len(row[i]) for row in cells)) if cells else len(name) for i, name in enumerate(names)]
    is_number = [
        bool(rows) and all(value is None or _is_number(value) for value in column) for column in zip(*rows, strict=True)
    ] or [False] * len(names)
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, is_number, strict=True)
        ).rstrip()
        for line in [list(names), ["-" * width for width in widths], *cells]
    ]
    return "\n".join(lines) + "\n"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        return f"{value:,}"
    # A control character (a terminal's escape, a line break in a client's name) would leave its cell.
    return "".join(char if char.isprintable() else " " for char in _cell(value))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _plain(value: Any) -> Any:
    """The value as JSON holds it: null, booleans, whole numbers and floats as they are, all else as text."""
    return value if value is None or isinstance(value, bool | int | float) else _cell(value)
