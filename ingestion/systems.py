"""What a system is, what one of its tables is, and how its source module is found.

tieout.toml → System → sources/<source>.py → SourceTable → pipeline.py
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

from ingestion import sources

if TYPE_CHECKING:
    from ingestion.loads import LoadReport

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class SourceError(Exception):
    """A source could not be read, or one of its tables was refused: exit code 3. Its text says what to do next."""

    report: "LoadReport | None" = None  # what was loaded nevertheless, when load() raises it


class ConfigurationError(Exception):
    """tieout.toml or the command names something that does not exist: exit code 2."""


@dataclass(frozen=True)
class System:
    """One `[systems.<name>]` of tieout.toml. Its records land in schema `raw_<name>`."""

    name: str
    source: str  # a module in ingestion/sources/
    path: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    precedence: int = 0

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name == "tieout":
            raise ConfigurationError(
                f"'{self.name}' cannot be a system's name: use lower-case letters, digits and single underscores, "
                "beginning with a letter ('tieout' itself is taken). Rename [systems.…] in tieout.toml."
            )


@dataclass(frozen=True)
class SourceTable:
    """One table of a system: what its rows are called, and how to read them.

    `read` yields Arrow tables of at most about 100,000 rows. In form "columns" they hold one column per declared
    name; in form "records" one column `record`, each cell a JSON object as the vendor sends it, and `columns` names
    JSON fields (`Amount`, `Line[*].Amount`) that must be readable where present. Further columns of a batch are kept
    as `extra_columns`; both forms may add `:line` (int64), `:problem` (why a row cannot be read at all) and `:text`
    (the row as it stood).
    """

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, str]
    read: Callable[[], Iterator[pa.Table]]
    form: Literal["columns", "records"] = "columns"
    required: tuple[str, ...] = ()
    required_once: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    complete: bool = True  # what the reader does not yield was deleted
    origin: str = ""  # the file or query, for messages


def source_names() -> list[str]:
    """The names of the sources there are: one per file in ingestion/sources/."""
    return sorted(module.name for module in pkgutil.iter_modules(sources.__path__))


def tables_of(system: System) -> list[SourceTable]:
    """The tables that a system's source finds. Raises ConfigurationError for an unknown source, else SourceError."""
    tables: list[SourceTable] = _module(system).tables(system)
    return tables


def choose(systems: list[System], only: list[str] | None, home: Path) -> list[tuple[System, frozenset[str] | None]]:
    """The systems to load in their order, each with the tables to load (None: all); paths are made absolute.

    `only` names systems or `system.table`. Raises ConfigurationError for one that is not configured, and for a source
    that does not exist.
    """
    names = [system.name for system in systems]
    if len(set(names)) < len(names):
        raise ConfigurationError("Two systems in tieout.toml have one name. Rename one of them.")
    for system in systems:
        _module(system)
    wanted: dict[str, set[str]] = {} if only is not None else {name: {""} for name in names}
    for item in only or []:
        name, _, table = item.partition(".")
        if name not in names:
            raise ConfigurationError(f"There is no system '{name}' in tieout.toml. There are: {', '.join(names)}.")
        wanted.setdefault(name, set()).add(table)
    return [
        (
            replace(system, path=home / system.path if system.path else None),
            None if "" in wanted[system.name] else frozenset(wanted[system.name]),
        )
        for system in systems
        if system.name in wanted
    ]


def _module(system: System) -> ModuleType:
    if system.source not in source_names():
        raise ConfigurationError(
            f"[systems.{system.name}] names the source '{system.source}', which does not exist. "
            f"There are: {', '.join(source_names())}."
        )
    return importlib.import_module(f"{sources.__name__}.{system.source}")
