"""A firm with a CRM and nothing else: what needs another system is not available, and is never told as 0."""

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from warehouse.cli import main
from warehouse.connect import Warehouse, open_warehouse
from warehouse.semantics import query

TOML = """
reporting_currency = "USD"
[systems.exports]
source = "template"
path = "exports"
exported_at = "2026-04-01T02:00:00Z"
"""
ACCOUNTS = "account_id,name\nA1,Harbor\n"
DEALS = """deal_id,account_id,name,stage,is_closed,is_won,amount,close_date,currency,created_at
D1,A1,Relaunch,Won,true,true,100000,2026-01-10,USD,2025-12-01T10:00:00Z
D2,A1,Extension,Proposal,false,false,20000,2026-06-30,USD,2026-02-01T10:00:00Z
D3,A1,Audit,Lost,true,false,9000,2026-02-20,USD,2026-01-05T10:00:00Z
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("crm_only")
    (home / "exports").mkdir()
    (home / "tieout.toml").write_text(TOML)
    (home / "exports" / "crm_accounts.csv").write_text(ACCOUNTS)
    (home / "exports" / "crm_deals.csv").write_text(DEALS)
    command = [sys.executable, "-m", "warehouse.cli", "--home", str(home), "refresh"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, f"{result.stdout[-2000:]}\n{result.stderr[-4000:]}"
    return home


@pytest.fixture(scope="module")
def crm_only(home: Path) -> Warehouse:
    return open_warehouse(home)


def test_what_the_crm_tells_is_there(crm_only: Warehouse) -> None:
    asked = ["sold_revenue", "pipeline_amount", "won_deal_count", "win_rate", "average_deal_amount", "sales_cycle_days"]
    # one deal won of two decided; it took 40 days from 1 December to 10 January
    assert list(query(crm_only, asked).to_pylist()[0].values()) == [
        Decimal("100000.00"), Decimal("20000.00"), 1, 0.5, 100000.0, 40.0,
    ]  # fmt: skip


def test_what_needs_another_system_has_no_value_rather_than_0(crm_only: Warehouse) -> None:
    asked = ["planned_revenue", "billed_revenue", "backlog_amount", "unbilled_backlog_amount", "wip_amount"]
    assert query(crm_only, asked).to_pylist() == [dict.fromkeys(asked)]


def test_a_view_that_is_not_available_has_no_rows_although_one_side_has(crm_only: Warehouse) -> None:
    assert crm_only.query("select count(*) as n from semantic.sold_revenue").to_pylist() == [{"n": 1}]
    for view in ("unbilled_backlog_amount", "planned_minus_sold", "book_to_bill_ratio"):
        assert crm_only.query(f"select count(*) as n from semantic.{view}").to_pylist() == [{"n": 0}]


def test_the_catalogue_and_the_comment_say_what_is_lacking(crm_only: Warehouse) -> None:
    told = "select lacks from semantic.metric_catalog where metric = 'wip_amount'"
    lacks = "a PSA (psa_projects), an accounting system (accounting_invoices)"
    assert crm_only.query(told).to_pylist() == [{"lacks": lacks}]
    comment = crm_only.query("select comment from duckdb_views() where view_name = 'wip_amount'").to_pylist()[0][
        "comment"
    ]
    assert comment.endswith(f"Not available: this warehouse lacks {lacks}.")


def test_revenue_monthly_leaves_the_other_four_empty(crm_only: Warehouse) -> None:
    [row] = crm_only.query("select * from semantic.revenue_monthly").to_pylist()
    assert (row["month"], row["sold_revenue"]) == (date(2026, 1, 1), Decimal("100000.00"))
    others = ("planned_revenue", "billed_revenue", "recognized_revenue", "collected_cash")
    assert [row[name] for name in others] == [None] * 4


def test_definitions_are_the_same_whatever_systems_a_firm_has(crm_only: Warehouse) -> None:
    """What was approved on the sample firm's systems is what this one runs: fingerprints do not know vendors."""
    unapproved = "select metric from semantic.metric_catalog where approved_by is null"
    assert crm_only.query(unapproved).to_pylist() == []


def test_the_command_line_prints_its_sql_and_what_a_metric_means(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--home", str(home), "query", "sold_revenue"]
    assert main([*command, "--where", "client = 'Harbor'", "--sql"]) == 0
    printed = capsys.readouterr().out
    assert "from semantic.sold_revenue" in printed and "-- $value_1 = Harbor" in printed
    assert main([*command, "--explain"]) == 0
    printed = capsys.readouterr().out
    for told in ("What have clients committed to?", "crm", "Tieout maintainers", "canonical.crm_deals.amount"):
        assert told in printed


def test_the_command_line_suggests_what_was_meant(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), "query", "sold_revenu"]) == 2
    assert "Did you mean sold_revenue" in capsys.readouterr().err
