"""The firm that a real Tryton runs on a PostgreSQL server (tests/postgres.py), and the warehouse published from it."""

import importlib.util
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.required import missing
from warehouse.connect import Warehouse, open_warehouse

FOLDER = Path(__file__).parent
REPOSITORY = FOLDER.parents[1]
TIEOUT_TOML = """
reporting_currency = "USD"
business_time_zone = "UTC"

[systems.erp]
source = "tryton"
url = "https://erp.example/#firm"
exported_at = "2025-05-01T06:00:00Z"
"""


@dataclass(frozen=True)
class Erp:
    """Tryton's database after the story: an address that may write, one that may only read, and its own answers."""

    url: str = field(repr=False)
    reader_url: str = field(repr=False)
    answers: dict[str, Any] = field(repr=False)

    def query(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()


@pytest.fixture(scope="session")
def erp(postgres_url: str) -> Iterator[Erp]:
    """The firm of story.py, run in a process of its own. A minute or so, most of it Tryton creating its tables."""
    for module in ("trytond", "proteus", "psycopg_pool"):
        if importlib.util.find_spec(module) is None:
            missing(f"{module} is not installed: run `make setup`, which installs the group `tryton`")
    name = f"tieout_test_{secrets.token_hex(4)}"
    host = urlsplit(postgres_url)
    url = host._replace(path=f"/{name}").geturl()
    reader = f"{name}_reader"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        try:
            answers = run_firm(url)
            password = secrets.token_hex(16)
            with psycopg.connect(url, autocommit=True) as database:
                role = sql.Identifier(reader)
                database.execute(sql.SQL("create role {} login password {}").format(role, sql.Literal(password)))
                database.execute(sql.SQL("grant select on all tables in schema public to {}").format(role))
            address = f"{reader}:{password}@{host.hostname}:{host.port or 5432}"
            yield Erp(url, host._replace(netloc=address, path=f"/{name}").geturl(), answers)
        finally:
            server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            server.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(reader)))


@pytest.fixture(scope="session")
def home(erp: Erp, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with nothing but that Tryton in it, after `tieout refresh`."""
    folder = tmp_path_factory.mktemp("firm")
    (folder / "tieout.toml").write_text(TIEOUT_TOML)
    done = tieout(folder, erp.reader_url, "refresh")
    assert done.returncode == 0, done.stderr or done.stdout[-4000:]
    return folder


@pytest.fixture(scope="session")
def run_tieout() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`run_tieout(home, address of the database, *arguments)`, in a process of its own."""
    return tieout


@pytest.fixture(scope="session")
def warehouse(home: Path) -> Warehouse:
    return open_warehouse(home)


def tieout(home: Path, address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warehouse.cli", "--home", str(home), *arguments],
        capture_output=True, text=True, cwd=REPOSITORY, env={**os.environ, "TIEOUT_ERP_URL": address},
    )  # fmt: skip


def run_firm(url: str) -> dict[str, Any]:
    """Drive the story in a process that may import Tryton; what Tryton answers."""
    done = subprocess.run([sys.executable, str(FOLDER / "firm.py"), url], capture_output=True, text=True)
    assert done.returncode == 0, f"the firm's story stopped:\n{done.stderr[-4000:]}"
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers
