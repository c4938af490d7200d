"""What the tests of the loader share: a home with a folder of files, a load, and a look at raw.duckdb."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.pipeline import load
from ingestion.systems import System


class Home:
    """A home with one template system, `exports`, whose files stand in `exports/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exports = folder / "exports"
        self.exports.mkdir(parents=True)
        self.said: list[str] = []  # what the newest load said as it went

    def write(self, **tables: str | None) -> None:
        """Writes each table's CSV file; None takes it away."""
        for name, text in tables.items():
            file = self.exports / f"{name}.csv"
            file.unlink() if text is None else file.write_text(text, encoding="utf-8")

    def system(self, **options: Any) -> System:
        return System("exports", "template", Path("exports"), options)

    def load(self, *, only: list[str] | None = None, time_zone: str = "UTC", **options: Any) -> Any:
        self.said = []
        return load(
            self.folder, [self.system(**options)], only, business_time_zone=time_zone, progress=self.said.append
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(self.folder / "raw.duckdb", read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return connection.execute(query).fetchall()

    def contents(self, table: str) -> list[tuple[Any, ...]]:
        return self.rows(f"SELECT * FROM raw_exports.{table} ORDER BY ALL")

    def current(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        return self.rows(f"SELECT {columns} FROM raw_exports.{table} WHERE valid_to IS NULL ORDER BY ALL")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a `scratch` database beside it, as a load has, for checking rows without loading them."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; ATTACH ':memory:' AS scratch")
        yield connection


@pytest.fixture
def checked(scratch: duckdb.DuckDBPyConnection, tmp_path: Path) -> Callable[..., Any]:
    """Checks the CSV text of one canonical table; gives its counts, its sound rows, and those set aside."""
    from ingestion.quarantine import check
    from ingestion.sources.template import tables

    def run(table: str, text: str, columns: str = "*", time_zone: str = "UTC") -> Any:
        (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8", newline="")
        found = next(t for t in tables(System("exports", "template", tmp_path)) if t.name == table)
        counts = check(scratch, found, time_zone)
        sound = scratch.execute(f'SELECT {columns} FROM scratch.checked.{table} ORDER BY ":line"').fetchall()
        aside = scratch.execute(
            f"SELECT line, column_name, value, reason FROM scratch.broken.{table} ORDER BY line"
        ).fetchall()
        return counts, sound, aside

    return run
