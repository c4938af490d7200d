"""A published sample for the app's tests: the demo's home, loaded, built and published once for all workers."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from app import metrics
from warehouse.connect import Warehouse, open_warehouse, published_file
from warehouse.settings import REPOSITORY

HOSTILE = (
    '<img src="https://evil.example/x.png" onerror="alert(1)"> ![x](https://evil.example/y.png) '
    "[link](https://evil.example) :red[red] $x$ =HYPERLINK(1)"
)


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A home with the sample published; TIEOUT_TEST_HOME names one that is published already."""
    given = os.environ.get("TIEOUT_TEST_HOME")
    if given:
        return Path(given)
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    home = shared / "sample_home"
    with (shared / "sample_home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "warehouse.duckdb").exists():
            home.mkdir(exist_ok=True)
            toml = (REPOSITORY / "tieout.toml").read_text()
            (home / "tieout.toml").write_text(toml.replace('path = "data/', f'path = "{REPOSITORY}/data/'))
            shutil.copytree(REPOSITORY / "decisions", home / "decisions", dirs_exist_ok=True)
            done = subprocess.run(
                [sys.executable, "-m", "warehouse.cli", "--home", str(home), "refresh"],
                cwd=REPOSITORY, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr[-4000:]
    return home


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """This worker's name; `master` without xdist."""
    name: str = getattr(request.config, "workerinput", {}).get("workerid", "master")
    return name


@pytest.fixture
def home(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app's home is the sample's."""
    monkeypatch.setenv("TIEOUT_HOME", str(sample_home))
    return sample_home


@pytest.fixture(scope="session")
def scope(sample_home: Path) -> metrics.Scope:
    """The whole sample as of its business day, against a month before."""
    return a_scope(open_warehouse(sample_home))


@pytest.fixture(scope="session")
def hostile_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The sample, in which clients, people and records are called what would do harm as markup."""
    home = tmp_path_factory.mktemp("hostile")
    snapshot = published_file(sample_home)
    (home / "snapshots").mkdir()
    for file in snapshot.parent.glob(f"{snapshot.stem}.*"):
        shutil.copy(file, home / "snapshots" / file.name)
    copy = home / "snapshots" / snapshot.name
    copy.chmod(0o644)
    with duckdb.connect(str(copy)) as connection:
        for column in ("client", "engagement_name", "practice", "project_manager"):
            connection.execute(f"update marts.dim_engagements set {column} = ?", [HOSTILE + column])
        connection.execute("update marts.fct_exceptions set title = ?, client = ?", [HOSTILE, HOSTILE])
        connection.execute("update marts.engagement_members set member_name = ?", [HOSTILE])
        connection.execute("update marts.engagement_members set record_url = 'javascript:alert(1)'")
        connection.execute("update marts.fct_variance_items set source_id = ?, reason = ?", [HOSTILE, HOSTILE])
    # another name, so that nothing is answered from what the sample's own snapshot was asked
    copy = copy.rename(copy.with_name("hostile.duckdb"))
    shutil.copy(snapshot.with_suffix(".json"), copy.with_suffix(".json"))
    (home / "warehouse.duckdb").symlink_to(copy)
    yield home


def a_scope(warehouse: Warehouse, engagement_ids: tuple[str, ...] | None = None) -> metrics.Scope:
    """A scope on the warehouse's business day and the month before it."""
    from app.filters import month_before

    today = metrics.business_day(warehouse)
    return metrics.Scope(warehouse, today, month_before(today), engagement_ids, "")
