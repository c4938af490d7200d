"""The small firm, loaded five times and built once by the product itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).parent / "trust"))
from scenes import small_firm
from small_firm import LOADS, Firm

Rows = list[tuple[Any, ...]]


def tieout(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a home."""
    command = [sys.executable, "-m", "warehouse.cli", "--home", str(home), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def load_and_build(firm: Firm, home: Path, loads: int = len(LOADS)) -> None:
    """Write and load the firm as often as asked, then build; a failure is shown whole.

    A load ends with 3 where a file was refused: the second refuses one on purpose.
    """
    for load in range(1, loads + 1):
        firm.write(home, load)
        loaded = tieout(home, "load")
        assert loaded.returncode in (0, 3), loaded.stdout + loaded.stderr
    built = tieout(home, "build", "--dev", "--exclude", "resource_type:unit_test")
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-6000:]


@pytest.fixture(scope="session")
def trust_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small firm's home, built."""
    home: Path = tmp_path_factory.mktemp("trust") / "home"
    load_and_build(small_firm(), home)
    return home


@pytest.fixture(scope="session")
def rows(trust_home: Path) -> Callable[[str], Rows]:
    """rows(sql) -> what the built file says, with raw attached."""
    connection = duckdb.connect(str(trust_home / "build" / "dev" / "warehouse.duckdb"), read_only=True)
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"attach '{trust_home / 'raw.duckdb'}' as raw (read_only)")

    def ask(sql: str) -> Rows:
        return connection.execute(sql).fetchall()

    return ask
