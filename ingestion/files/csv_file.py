"""Reads a CSV file (RFC 4180, commas) into text batches, and loses no line of it.

<table>.csv → decode → physical lines → records (a quoted cell may run over lines) → text batches → quarantine.py

A quote that is never closed would swallow the rows after it. So a record that goes wrong costs its first line only:
that line is set aside, and reading goes on with the next physical line.
"""

import codecs
import re
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import pyarrow as pa

from ingestion.files.rows import Batch, clean_header
from ingestion.systems import ConfigurationError, SourceError

BATCH_CHARACTERS = 64_000_000
LONGEST_RECORD = 50_000_000  # characters; a quoted cell that runs on beyond is taken for a quote never closed
_CELL = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(,|$)')
_LINE_ENDS = "\r\n"

_BYTE_ORDER_MARKS = [  # the longer ones first: UTF-32's begins as UTF-16's does
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]


def read_csv(path: Path, required: Sequence[str], encoding: str | None = None) -> Iterator[pa.Table]:
    """Yields text batches of a CSV file, at least one; `:line` is the physical line on which a record begins.

    `encoding` is used where the file has no byte order mark; default UTF-8. Raises SourceError where the file cannot
    be decoded, or its header lacks a required column or has one twice.
    """
    encoding = _encoding_of(path, encoding)
    try:
        with path.open(encoding=encoding, newline="") as file:
            yield from _batches(file, required, path.name)
    except UnicodeDecodeError as error:
        raise SourceError(_undecodable(path, encoding, error)) from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from error


def _batches(file: TextIO, required: Sequence[str], name: str) -> Iterator[pa.Table]:
    lines = _Lines(file)
    header = _read_header(lines, required, name)
    width, batch = len(header), Batch(header)
    commas, size = width - 1, 0
    for number, line in lines:
        text = line.rstrip(_LINE_ENDS)
        if '"' not in text and text.count(",") == commas and "\0" not in text and text.strip():
            batch.plain_rows.append(text)
            batch.plain_lines.append(number)
        elif '"' in text:
            _add_quoted(batch, lines, number, line, width)
        elif text.strip():  # an empty line is no row
            batch.add_problem(_wrong(text.split(","), text, width), text, number)
        size += len(line)
        if batch.is_full or size > BATCH_CHARACTERS:
            yield from batch.take()
            size = 0
    yield from batch.take()


class _Lines:
    """Numbered physical lines, of which some can be put back."""

    def __init__(self, file: TextIO) -> None:
        self._file = iter(file)
        self._put_back: deque[tuple[int, str]] = deque()
        self._number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> tuple[int, str]:
        if self._put_back:
            return self._put_back.popleft()
        line = next(self._file)
        self._number += 1
        return self._number, line

    def put_back(self, lines: list[tuple[int, str]]) -> None:
        self._put_back.extendleft(reversed(lines))


def _read_header(lines: _Lines, required: Sequence[str], name: str) -> list[str]:
    for number, line in lines:
        if line.strip():
            following = _rest_of_record(lines, line)
            text = "".join([line, *(more for _, more in following)]).rstrip(_LINE_ENDS)
            cells = split_record(text)
            if cells is None:
                raise SourceError(f"{name} is refused: the quotes in its header (line {number}) do not close.")
            if any("\0" in cell for cell in cells):
                raise SourceError(
                    f"{name} is refused: its header holds NUL characters. It may be UTF-16: save it as UTF-8."
                )
            return clean_header(cells, required, name)
    return clean_header([], required, name)


def _add_quoted(batch: Batch, lines: _Lines, number: int, line: str, width: int) -> None:
    """Adds the record that begins on a line with a quote in it, or sets that one line aside."""
    following = _rest_of_record(lines, line)
    text = "".join([line, *(more for _, more in following)]).rstrip(_LINE_ENDS)
    cells = split_record(text)
    if cells is not None and len(cells) == width and "\0" not in text:
        if not _holds_rows(following, width):
            batch.add(cells, number)
        else:  # a text that quotes a table, or two quotes that are missing: nobody can tell, so none of it is loaded
            batch.add_problem("a cell in quotes runs over lines that look like rows of their own", text, number)
        return
    lines.put_back(following)
    first = line.rstrip(_LINE_ENDS)
    if not following:
        batch.add_problem(_wrong(cells, first, width), first, number)
    else:
        batch.add_problem("a quote opens here and does not close where it should; double quotes inside a cell, and "
                          "close the cell before its comma", first, number)  # fmt: skip


def _rest_of_record(lines: _Lines, line: str) -> list[tuple[int, str]]:
    """The lines that follow within the same record: until the number of quotes is even."""
    following: list[tuple[int, str]] = []
    quotes, length = line.count('"'), len(line)
    while quotes % 2 == 1 and length <= LONGEST_RECORD:
        try:
            number, more = next(lines)
        except StopIteration:
            break
        following.append((number, more))
        quotes += more.count('"')
        length += len(more)
    return following


def _holds_rows(following: list[tuple[int, str]], width: int) -> bool:
    """Whether a quoted cell runs over what look like whole rows."""
    return width > 1 and any(line.count(",") >= width - 1 for _, line in following)


def split_record(text: str) -> list[str] | None:
    """The cells of one record, or None where its quotes break the rules. A cell outside quotes may hold no quote."""
    cells: list[str] = []
    position = 0
    while True:
        match = _CELL.match(text, position)
        if match is None:
            return None
        quoted, plain, end = match.groups()
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        if not end:
            return cells
        position = match.end()


def _wrong(cells: list[str] | None, text: str, width: int) -> str:
    if "\0" in text:
        return "the line holds a NUL character"
    if cells is None:
        return "a quote stands where none may; put the whole cell in quotes and double those inside it"
    return f"the line has {len(cells)} cells where the header has {width}"


def _encoding_of(path: Path, stated: str | None) -> str:
    if stated is not None:
        try:
            codecs.lookup(stated)
        except LookupError as error:
            raise ConfigurationError(f"encoding = '{stated}' is no encoding. Use a name such as cp1252.") from error
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from error
    for mark, encoding in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return encoding
    return stated or "utf-8"


def _undecodable(path: Path, encoding: str, error: UnicodeDecodeError) -> str:
    """A sentence that names the first line that is not in this encoding, where one line is one decodable piece."""
    where = ""
    if encoding.startswith("utf-8"):
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError as at:
                    where = f", line {number}: byte 0x{line[at.start]:02x}"
                    break
    return (
        f"{path.name} is refused: it is not {encoding.removesuffix('-sig').upper()}{where}. Save it as UTF-8, or name "
        'its encoding in tieout.toml, such as encoding = "cp1252".'
    )
