"""A PostgreSQL server for the tests: the one that TIEOUT_TEST_POSTGRES_URL names, else one made and thrown away.

The user of a named server may create databases and roles. Without a named or an installed PostgreSQL the tests are
skipped and say so; with TIEOUT_REQUIRE_ALL=1, as in CI, they fail instead.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.required import missing


@contextmanager
def server() -> Iterator[str]:
    """The address of a server on which databases and roles may be created."""
    if url := os.environ.get("TIEOUT_TEST_POSTGRES_URL"):
        yield url
    else:
        with own_server() as url:
            yield url


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
