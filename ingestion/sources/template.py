"""The template import: canonical tables as CSV, Parquet or Excel files, for whatever has no connector.

<path>/<table>.csv|.parquet|.xlsx → ingestion/files → text cells under canonical names → pipeline.py

A file is the whole table. Options in tieout.toml: `encoding` of CSV files without a byte order mark (default UTF-8).
"""

import difflib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa

from ingestion.canonical import TABLES, Table
from ingestion.files.csv_file import read_csv
from ingestion.files.excel_file import read_excel
from ingestion.files.parquet_file import read_parquet
from ingestion.systems import ConfigurationError, SourceError, SourceTable, System

ENDINGS = (".csv", ".parquet", ".xlsx")


def tables(system: System) -> list[SourceTable]:
    """One table per file in the system's folder. A file that is none of the canonical tables is refused by name."""
    if system.path is None:
        raise ConfigurationError(
            f'[systems.{system.name}] needs a path: the folder that holds its files, such as path = "exports".'
        )
    if not system.path.is_dir():
        raise SourceError(f"{system.path} is no folder. Create it, or correct the path of [systems.{system.name}].")
    files = sorted(file for file in system.path.iterdir() if file.suffix.lower() in ENDINGS and file.is_file())
    if not files:
        raise SourceError(
            f"{system.path} holds no {', '.join(ENDINGS)} file. Put the filled templates there, named like their table."
        )
    by_table: dict[str, list[Path]] = {}
    for file in files:
        if not file.name.startswith(("~$", ".")):  # Excel's lock files and other hidden ones
            by_table.setdefault(file.stem.lower(), []).append(file)
    return [_source_table(system, name, found) for name, found in by_table.items()]


def _source_table(system: System, name: str, files: list[Path]) -> SourceTable:
    names = " and ".join(file.name for file in files)
    if name not in TABLES:
        near = difflib.get_close_matches(name, TABLES, n=1)
        meant = f" Did you mean {near[0]}?" if near else f" The tables are: {', '.join(TABLES)}."
        return _refused(name, names, f"{names} is refused: there is no canonical table '{name}'.{meant}")
    if len(files) > 1:
        return _refused(name, names, f"{names} are refused: both claim to be the whole table {name}. Keep one of them.")
    table, file = TABLES[name], files[0]
    return SourceTable(
        name=name,
        key=table.key,
        columns=table.columns,
        required=table.required,
        required_once=table.required_once,
        read=partial(_read, file, table, system.options.get("encoding")),
        origin=file.name,
    )


def _read(file: Path, table: Table, encoding: str | None) -> Iterator[pa.Table]:
    if file.suffix.lower() == ".csv":
        return read_csv(file, table.required, encoding)
    if file.suffix.lower() == ".parquet":
        return read_parquet(file, table.required)
    return read_excel(file, table.required, table.columns)


def _refused(name: str, file: str, sentence: str) -> SourceTable:
    def read() -> Iterator[pa.Table]:
        raise SourceError(sentence)

    return SourceTable(name=name, key=("",), columns={}, read=read, origin=file)
