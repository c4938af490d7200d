"""A PostgreSQL server for the tests, the firm that a real Tryton runs on it, and the warehouse published from it.

TIEOUT_TEST_POSTGRES_URL names a server to use, whose user may create databases and roles; else one is made of the
PostgreSQL that is installed and thrown away afterwards. Without either the tests are skipped and say so; with
TIEOUT_REQUIRE_ALL=1, as in CI, they fail instead.
"""

import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

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
def postgres_url() -> Iterator[str]:
    """The address of a server on which databases and roles may be created."""
    if url := os.environ.get("TIEOUT_TEST_POSTGRES_URL"):
        yield url
    else:
        with own_server() as url:
            yield url


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


@contextmanager
def own_server() -> Iterator[str]:
    """A server of our own on a free port, in a folder under /tmp: pytest's own folders are closed to other users.

    PostgreSQL refuses to run as root. `runuser` starts it as `postgres`; `subprocess`'s own user= would fork this whole
    process, for which a small machine has no memory.
    """
    installed = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")))
    initdb = shutil.which("initdb") or (installed[-1] if installed else None)
    if initdb is None:
        missing("PostgreSQL is not installed: apt-get install postgresql, or set TIEOUT_TEST_POSTGRES_URL")
    pg_ctl = str(Path(initdb).with_name("pg_ctl"))
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="tieout-postgres-", dir="/tmp"))
    if as_postgres:
        if shutil.which("runuser") is None:
            missing("PostgreSQL does not run as root, and there is no runuser to become another user")
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    settings = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    settings += " -c synchronous_commit=off -c full_page_writes=off"

    def run(*command: str) -> None:
        subprocess.run([*as_postgres, *command], check=True, cwd="/", stdout=subprocess.DEVNULL)

    try:
        run(initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        run(pg_ctl, "-D", str(data), "-l", str(folder / "log"), "-o", settings, "-w", "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            run(pg_ctl, "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def missing(what: str) -> NoReturn:
    """Skip, saying what is missing; where everything must be tested, fail."""
    if os.environ.get("TIEOUT_REQUIRE_ALL") == "1":
        pytest.fail(f"{what}. TIEOUT_REQUIRE_ALL=1 forbids skipping.")
    pytest.skip(f"{what}.")
