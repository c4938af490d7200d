"""The canonical tables as Python sees them, and the types their columns may have.

canonical.yml, currencies.csv → TABLES, CURRENCIES → sources/template.py (what a file holds), cells.py (what a cell is)
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import yaml  # type: ignore[import-untyped]

_FOLDER = Path(__file__).parent

# Columns that the loader fills on every raw table. A canonical column of the same name is stored under a prefix.
METADATA_COLUMNS = ("source_id", "extra_columns", "record", "load_id", "row_version", "valid_from", "valid_to")

# Type name → precision and scale of its DECIMAL. `decimal` is for sources whose scale is their own (SQL, JSON).
_DECIMALS = {
    "money": (18, 4),
    "rate": (18, 6),
    "hours": (18, 6),
    "share": (9, 6),
    "fx_rate": (20, 10),
    "decimal": (38, 10),
}
_OTHER_TYPES: dict[str, tuple[str, pa.DataType]] = {
    "text": ("VARCHAR", pa.string()),
    "boolean": ("BOOLEAN", pa.bool_()),
    "integer": ("BIGINT", pa.int64()),
    "date": ("DATE", pa.date32()),
    "timestamp": ("TIMESTAMPTZ", pa.timestamp("us", "UTC")),
    "currency": ("VARCHAR", pa.string()),
}


@dataclass(frozen=True)
class Table:
    """One canonical table: its role, identity, and columns (name → type) in their one fixed order."""

    name: str
    role: str
    key: tuple[str, ...]
    required: tuple[str, ...]
    required_once: Mapping[str, tuple[str, ...]]  # boolean column → what may not be empty once it is true
    columns: Mapping[str, str]


def decimal_places(type_name: str) -> tuple[int, int] | None:
    """Precision and scale of a decimal type; None for any other type."""
    return _DECIMALS.get(type_name)


def words(type_name: str) -> tuple[str, ...]:
    """The words an enumeration (`a|b|c`) allows; empty for any other type."""
    return tuple(type_name.split("|")) if "|" in type_name else ()


def sql_type(type_name: str) -> str:
    """DuckDB's type for a canonical type, e.g. money → DECIMAL(18,4). Raises ValueError for an unknown one."""
    return _both_types(type_name)[0]


def arrow_type(type_name: str) -> pa.DataType:
    """Arrow's type for a canonical type, e.g. money → decimal128(18, 4). Raises ValueError for an unknown one."""
    return _both_types(type_name)[1]


def raw_column(name: str) -> str:
    """The column's name in raw.duckdb: its own, unless the loader needs that name for itself."""
    return f"canonical_{name}" if name in METADATA_COLUMNS else name


def _both_types(type_name: str) -> tuple[str, pa.DataType]:
    if places := _DECIMALS.get(type_name):
        return f"DECIMAL({places[0]},{places[1]})", pa.decimal128(*places)
    if words(type_name):
        return "VARCHAR", pa.string()
    if type_name in _OTHER_TYPES:
        return _OTHER_TYPES[type_name]
    known = ", ".join([*_OTHER_TYPES, *_DECIMALS])
    raise ValueError(f"There is no column type '{type_name}'. Use one of {known}, or words joined by '|'.")


def _read_tables() -> Mapping[str, Table]:
    entries = yaml.safe_load((_FOLDER / "canonical.yml").read_text(encoding="utf-8"))
    tables = {}
    for name, entry in entries.items():
        columns = MappingProxyType(dict(entry["columns"]))
        required_once = {flag: tuple(needed) for flag, needed in entry.get("required_once", {}).items()}
        table = Table(
            name=name,
            role=entry["role"],
            key=tuple(entry["key"]),
            required=tuple(entry["required"]),
            required_once=MappingProxyType(required_once),
            columns=columns,
        )
        mentioned = {*table.key, *table.required, *required_once, *(c for cs in required_once.values() for c in cs)}
        if unknown := sorted(mentioned - set(columns)):
            raise ValueError(f"canonical.yml: {name} names columns that it does not list: {', '.join(unknown)}.")
        for type_name in columns.values():
            sql_type(type_name)
        tables[name] = table
    return MappingProxyType(tables)


def _read_currencies() -> frozenset[str]:
    with (_FOLDER / "currencies.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["code"] for row in csv.DictReader(file))


TABLES: Mapping[str, Table] = _read_tables()
CURRENCIES: frozenset[str] = _read_currencies()  # ISO 4217, those in use at some time since 2010
