"""The app's tests read the sample firm as it is published once for a whole run (tests/conftest.py)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from app import metrics
from warehouse.connect import Warehouse, open_warehouse, published_file

HOSTILE = (
    '<img src="https://evil.example/x.png" onerror="alert(1)"> ![x](https://evil.example/y.png) '
    "[link](https://evil.example) :red[red] $x$ =HYPERLINK(1)"
)


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
