"""Reads a file of JSON lines: one record per line, exactly as the vendor's API returned it.

<Object>.jsonl or .jsonl.gz → lines as text, unparsed → quarantine.py
"""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from ingestion.systems import SourceError

BATCH_ROWS, BATCH_BYTES = 100_000, 64_000_000


def read_jsonl(path: Path) -> Iterator[pa.Table]:
    """Yields batches with columns `record` (the line's text) and `:line`, at least one.

    Raises SourceError where the file is not UTF-8 or a .gz is broken; a line that is no JSON object is not its matter.
    """
    records: list[str] = []
    numbers: list[int] = []
    size = number = 0
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
                if not text:
                    continue
                records.append(text)
                numbers.append(number)
                size += len(line)
                if len(records) >= BATCH_ROWS or size >= BATCH_BYTES:
                    yield _batch(records, numbers)
                    records, numbers, size = [], [], 0
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path.name} is refused: line {number} is not UTF-8 (byte 0x{error.object[error.start]:02x}). Export it "
            "again as UTF-8."
        ) from error
    except (EOFError, zlib.error, OSError) as error:
        raise SourceError(
            f"{path.name} is refused: it breaks off or is damaged after line {number} ({error}). Export it again."
        ) from error
    yield _batch(records, numbers)


def _batch(records: list[str], numbers: list[int]) -> pa.Table:
    return pa.table({"record": pa.array(records, pa.string()), ":line": pa.array(numbers, pa.int64())})
