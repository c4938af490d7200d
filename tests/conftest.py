"""What many tests share: the sample firm, published once for a whole run of the tests, and a PostgreSQL server.

A developer may point TIEOUT_SAMPLE_HOME at a home that is published already, and saves the build.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.warehouse.restated_home import Restated, publish_restated
from warehouse.connect import Warehouse, open_warehouse
from warehouse.settings import REPOSITORY

# Fixtures with a home that takes long to build, read by tests of several files: those run on one worker, built once.
BUILT_ONCE = {
    "restated": "restated",
    "trust_home": "trust_home",
    "ten_firms_home": "ten_firms",
    "firm": "ten_firms",  # these two ask the sample and the ten firms in turn
    "published": "ten_firms",
}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tell the workers (`--dist loadgroup`) which tests belong together: those of a file, or of a home built once."""
    groups = [BUILT_ONCE[name] for name in getattr(item, "fixturenames", ()) if name in BUILT_ONCE]
    item.add_marker(pytest.mark.xdist_group((groups or [item.nodeid.split("::")[0]])[0]))


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A home with the sample firm published. All workers of a run share it: the first builds, the others wait."""
    given = os.environ.get("TIEOUT_SAMPLE_HOME")
    if given:
        return Path(given)
    base = tmp_path_factory.getbasetemp()
    home = (base if worker_id == "master" else base.parent) / "sample_home"
    home.mkdir(exist_ok=True)
    with (home / "building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "warehouse.duckdb").exists():
            toml = (REPOSITORY / "tieout.toml").read_text()
            (home / "tieout.toml").write_text(toml.replace('path = "data', f'path = "{REPOSITORY}/data'))
            shutil.copytree(REPOSITORY / "decisions", home / "decisions", dirs_exist_ok=True)
            command = [sys.executable, "-m", "warehouse.cli", "--home", str(home), "refresh"]
            result = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY)
            assert result.returncode == 0, f"{result.stdout[-2000:]}\n{result.stderr[-4000:]}"
    return home


@pytest.fixture(scope="session")
def sample(sample_home: Path) -> Iterator[Warehouse]:
    """The sample firm's published warehouse, open for reading."""
    yield open_warehouse(sample_home)


@pytest.fixture(scope="session")
def restated(tmp_path_factory: pytest.TempPathFactory) -> Restated:
    """The small firm whose closed March is restated by a second load."""
    return publish_restated(tmp_path_factory.mktemp("restated") / "home")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server on which databases and roles may be created."""
    with postgres.server() as url:
        yield url
