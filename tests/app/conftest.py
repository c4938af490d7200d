"""The app's tests read the sample firm as it is published once for a whole run (tests/conftest.py)."""

from __future__ import annotations

import shutil
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
def hostile_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, in which clients, people and records are called what would do harm as markup."""
    columns = ("client", "engagement_name", "practice", "project_manager")
    return changed_copy(
        sample_home,
        tmp_path_factory.mktemp("hostile"),
        *(f"update marts.dim_engagements set {column} = $hostile || '{column}'" for column in columns),
        "update marts.fct_exceptions set title = $hostile, client = $hostile",
        "update marts.engagement_members set member_name = $hostile",
        "update marts.engagement_members set record_url = 'javascript:alert(1)'",
        "update marts.fct_variance_items set source_id = $hostile, reason = $hostile",
    )


@pytest.fixture(scope="session")
def half_loaded_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, as if nobody had loaded its budgets and three rows of one table had been set aside."""
    return changed_copy(
        sample_home,
        tmp_path_factory.mktemp("half_loaded"),
        """
        update marts.dim_availability set is_available = false, lacks = 'budgets (psa_budget_lines)'
        where name in ('psa_budget_lines', 'planned_revenue', 'sold_to_planned', 'planned_to_billed')
        """,
        """
        update semantic.metric_catalog set is_available = false, lacks = 'budgets (psa_budget_lines)'
        where metric = 'invoiceable_amount'
        """,
        """
        update marts.fct_loads set rows_quarantined = 3, rows_loaded = rows_read - 3
        where load_id = (select max(load_id) from marts.fct_loads) and table_name = 'psa_budget_lines'
        """,
    )


def changed_copy(sample_home: Path, home: Path, *statements: str) -> Path:
    """A home with the sample's snapshot after these statements; `$hostile` in them is HOSTILE."""
    snapshot = published_file(sample_home)
    (home / "snapshots").mkdir()
    # another name, so that nothing is answered from what the sample's own snapshot was asked
    copy = home / "snapshots" / f"{home.name}.duckdb"
    for file in snapshot.parent.glob(f"{snapshot.stem}.*"):
        shutil.copy(file, copy.parent / file.name)
    shutil.copy(snapshot.with_suffix(".json"), copy.with_suffix(".json"))
    (copy.parent / snapshot.name).rename(copy)
    copy.chmod(0o644)
    with duckdb.connect(str(copy)) as connection:
        for statement in statements:
            connection.execute(statement, {"hostile": HOSTILE} if "$hostile" in statement else {})
    (home / "warehouse.duckdb").symlink_to(copy)
    return home


def a_scope(warehouse: Warehouse, engagement_ids: tuple[str, ...] | None = None) -> metrics.Scope:
    """A scope on the warehouse's business day and the month before it."""
    from app.filters import month_before

    today = metrics.business_day(warehouse)
    return metrics.Scope(warehouse, today, month_before(today), engagement_ids, "")
