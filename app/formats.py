"""Values → text: money, dates, shares, links, and the escaper that all data text goes through.

warehouse values (Decimal, date, text) → what a person reads, a cell of a CSV file, or a piece of HTML. Nothing here
computes: numbers are only rounded for show. A value that is not available reads "n/a" and never 0.
"""

from __future__ import annotations

import csv
import html
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import pyarrow as pa

NOT_AVAILABLE = "n/a"
MINUS = "\N{MINUS SIGN}"
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
CENT = Decimal("0.01")
UNITS = ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "K"))
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Letters that draw nothing but change the order or the look of what stands beside them.
INVISIBLE_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}


def money(value: Decimal | None, signed: bool = False) -> str:
    """An amount to the cent: 1,234.50, −1,234.50; `signed` puts a + before gains."""
    if value is None:
        return NOT_AVAILABLE
    rounded = value.quantize(CENT, ROUND_HALF_UP)
    return _sign(rounded, signed) + f"{abs(rounded):,.2f}"


def compact(value: Decimal | None, signed: bool = False) -> str:
    """An amount in three figures and a unit: 26.3 M, −105 K, 950."""
    if value is None:
        return NOT_AVAILABLE
    number, unit = abs(value), ""
    for size, letter in UNITS:
        if abs(value) >= size * Decimal("0.9995"):
            number, unit = abs(value) / size, THIN_SPACE + letter
            break
    if not unit and number < 1:
        text = f"{number.quantize(CENT, ROUND_HALF_UP)}" if number else "0"
    else:
        places = max(0, 3 - len(str(int(number)))) if unit else 0
        text = f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    return _sign(value, signed) + text + unit


def share(value: Decimal | float | None) -> str:
    """A share of 1 as per cent: 12.3 %."""
    if value is None:
        return NOT_AVAILABLE
    return f"{Decimal(str(value)) * 100:.1f}{THIN_SPACE}%".replace("-", MINUS)


def count(value: int | Decimal | None) -> str:
    """A whole number with separators: 1,204."""
    return NOT_AVAILABLE if value is None else f"{value:,.0f}".replace("-", MINUS)


def hours(value: Decimal | None) -> str:
    """Whole hours: 1,204 h."""
    return NOT_AVAILABLE if value is None else f"{count(value)}{THIN_SPACE}h"


def day(value: date | None) -> str:
    """A date: 31 Aug 2026; a dash where there is none."""
    return "–" if value is None else f"{value.day} {value:%b %Y}"


def moment(value: datetime | None, zone: str = "UTC") -> str:
    """A time in the business time zone: 31 Aug 2026 18:00."""
    if value is None:
        return "–"
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local.date())} {local:%H:%M}"


def words(name: str | None) -> str:
    """A name of ours as words: needs_action → needs action; a dash where there is none."""
    return (name or "–").replace("_", " ")


def sentence_case(name: str | None) -> str:
    """A name of ours as the start of a sentence: needs_action → Needs action."""
    text = words(name)
    return text[:1].upper() + text[1:]


def formula(text: str | None) -> str:
    """A formula in words with the signs of mathematics: - hours x rate → − hours × rate."""
    return f" {text or ''} ".replace(" - ", f" {MINUS} ").replace(" x ", " × ").strip()


def plain(text: Any) -> str:
    """Data text on one line, without signs that draw nothing (bidirectional marks, zero width, control)."""
    kept = (" " if letter.isspace() else letter for letter in str(text) if not _is_invisible(letter))
    return "".join(kept).strip()


def revealed(text: str) -> str:
    """Text in which signs that draw nothing are told by name, so that names that only look alike can be told apart."""
    return "".join(f"⟨U+{ord(letter):04X}⟩" if _is_invisible(letter) else letter for letter in text)


def escape(text: Any) -> str:
    """Data text as HTML text that cannot be markup; text of other writing direction stays in its own place."""
    return f"<bdi>{attribute(text)}</bdi>"


def attribute(text: Any) -> str:
    """Data text inside an HTML attribute's quotes."""
    return html.escape(plain(text), quote=True)


def safe_url(url: str | None) -> str | None:
    """The address if it is a web address, else None: no javascript:, no data:."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def without_tables(lacks: str) -> str:
    """What is lacking in words alone: the tables' names, in brackets after each, are for whoever loads them."""
    return re.sub(r" \([a-z_, ]+\)", "", lacks)


def page_url(page: str, parameters: Sequence[tuple[str, str]], **more: str) -> str:
    """A link inside the app, relative to its address, that keeps the filters: bridge?practice=Data&step=hours."""
    given = [*parameters, *more.items()]
    return page + ("?" + urlencode(given) if given else "")


def csv_file(table: pa.Table, notes: Mapping[str, str]) -> bytes:
    """The table as CSV for a spreadsheet: `notes` (as of, snapshot, filters) stand as further columns.

    Text that a spreadsheet would run as a formula gets an apostrophe; numbers and dates stay as they are.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*map(neutral, table.column_names), *notes])
    trailing = [neutral(value) for value in notes.values()]
    for row in table.to_pylist():
        writer.writerow([*(neutral(value) if isinstance(value, str) else value for value in row.values()), *trailing])
    return text.getvalue().encode("utf-8-sig")


def neutral(text: str) -> str:
    """Text that a spreadsheet shows and does not run."""
    return "'" + text if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def spoken(table: pa.Table, column: str) -> pa.Table:
    """The table with a column of our own names as words: needs_action → Needs action."""
    values = [sentence_case(value) for value in table.column(column).to_pylist()]
    return table.set_column(table.column_names.index(column), column, pa.array(values, pa.string()))


def wrap(text: str, width: int = 22) -> list[str]:
    """Text in at most two lines of about equal length, for a chart's labels."""
    parts = text.split(" ")
    if len(text) <= width or len(parts) == 1:
        return [text]
    cuts: Sequence[int] = range(1, len(parts))
    best = min(cuts, key=lambda cut: max(len(" ".join(parts[:cut])), len(" ".join(parts[cut:]))))
    return [" ".join(parts[:best]), " ".join(parts[best:])]


def _sign(value: Decimal, signed: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if signed and value > 0 else ""


def _is_invisible(letter: str) -> bool:
    return not letter.isspace() and unicodedata.category(letter) in INVISIBLE_CATEGORIES
