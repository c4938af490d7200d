"""Vendor records from files: what the API connectors of later will read from the vendors themselves.

<path>/<Object>.jsonl[.gz] → SourceTable of records
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

from ingestion.files.jsonl_file import read_jsonl
from ingestion.systems import SourceError, SourceTable, System


@dataclass(frozen=True)
class VendorObject:
    """One object of a vendor: its name there (and its file's), its table in raw, its key, and the fields to check."""

    name: str
    table: str
    key: str
    fields: Mapping[str, str]


def exported_tables(system: System, vendor: str, objects: Sequence[VendorObject]) -> list[SourceTable]:
    """The tables for which the system's folder holds a file. Raises SourceError where it holds none."""
    expected = ", ".join(f"{item.name}.jsonl" for item in objects)
    if system.path is None:
        raise SourceError(
            f"The {vendor} connector reads exported files only, so far; it does not call the API yet. Export the "
            f"records as the REST API returns them, one per line, as {expected} (or .jsonl.gz), and name their folder "
            f'in tieout.toml: [systems.{system.name}] path = "…".'
        )
    if not system.path.is_dir():
        raise SourceError(f"{system.path} is no folder. Create it, or correct the path of [systems.{system.name}].")
    tables = [_table(item, files) for item in objects if (files := _files(system.path, item.name))]
    if not tables:
        raise SourceError(f"{system.path} holds none of {expected} (or .jsonl.gz). Export at least one of them there.")
    return tables


def _files(folder: Path, name: str) -> list[Path]:
    return [file for ending in (".jsonl", ".jsonl.gz") if (file := folder / f"{name}{ending}").is_file()]


def _table(item: VendorObject, files: list[Path]) -> SourceTable:
    return SourceTable(
        name=item.table,
        key=(item.key,),
        columns=item.fields,
        form="records",
        read=partial(_read, files),
        origin=files[0].name,
    )


def _read(files: list[Path]) -> Iterator[pa.Table]:
    if len(files) > 1:
        names = " and ".join(file.name for file in files)
        raise SourceError(f"{names} are refused: both claim to be the whole table. Keep one of them.")
    return read_jsonl(files[0])
