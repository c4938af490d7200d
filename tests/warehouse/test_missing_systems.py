"""A firm with deals, projects without budgets and invoices without lines: what nobody loaded is never told as 0."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.warehouse.known_metrics import METRICS
from warehouse.checks import BRIDGES
from warehouse.cli import main
from warehouse.connect import Warehouse, open_warehouse
from warehouse.figures import REVENUES
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
PROJECTS = """project_id,client_id,name,status,contract_type,currency,created_at,crm_deal_id
P1,A1,Relaunch,open,time_and_materials,USD,2026-01-12T10:00:00Z,D1
"""
INVOICES = """invoice_id,customer_id,number,type,status,invoice_date,currency,due_date
I1,K1,2026-001,invoice,open,2026-03-01,USD,2026-03-31
"""


BUDGETS = {
    "psa_budget_versions": "project_id,version,effective_on\nP1,1,2026-01-12\n",
    "psa_budget_lines": """budget_line_id,project_id,version,kind,amount,planned_date,role,planned_hours,planned_rate
B1,P1,1,time,20000,2026-02-01,Consultant,100,200
B2,P1,1,milestone,10000,2026-02-15,,,
B3,P1,1,expense,1000,2026-02-20,,,
""",
    "accounting_invoice_lines": """invoice_line_id,invoice_id,kind,net_amount,tax_amount,project_id
L1,I1,time,5000,0,P1
""",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return refreshed(tmp_path_factory.mktemp("headers_only"), {})


@pytest.fixture(scope="module")
def nothing_recorded(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The same firm with budgets and invoice lines, and nothing that says what was done: its expense is set aside."""
    expenses = "expense_id,project_id,expense_date,amount,currency,is_billable,status\nX1,P1,soon,1,USD,true,approved\n"
    return open_warehouse(refreshed(tmp_path_factory.mktemp("nothing_recorded"), BUDGETS | {"psa_expenses": expenses}))


def refreshed(home: Path, more: Mapping[str, str]) -> Path:
    """The home of the firm, with these tables more, published."""
    (home / "exports").mkdir()
    (home / "tieout.toml").write_text(TOML)
    for table, text in more.items():
        (home / "exports" / f"{table}.csv").write_text(text)
    (home / "exports" / "crm_accounts.csv").write_text(ACCOUNTS)
    (home / "exports" / "crm_deals.csv").write_text(DEALS)
    (home / "exports" / "psa_projects.csv").write_text(PROJECTS)
    (home / "exports" / "accounting_invoices.csv").write_text(INVOICES)
    command = [sys.executable, "-m", "warehouse.cli", "--home", str(home), "refresh"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, f"{result.stdout[-2000:]}\n{result.stderr[-4000:]}"
    return home


@pytest.fixture(scope="module")
def headers_only(home: Path) -> Warehouse:
    return open_warehouse(home)


def test_what_the_crm_tells_is_there(headers_only: Warehouse) -> None:
    asked = ["sold_revenue", "pipeline_amount", "won_deal_count", "win_rate", "average_deal_amount", "sales_cycle_days"]
    # one deal won of two decided; it took 40 days from 1 December to 10 January
    assert list(query(headers_only, asked).to_pylist()[0].values()) == [
        Decimal("100000.00"), Decimal("20000.00"), 1, 0.5, 100000.0, 40.0,
    ]  # fmt: skip


def test_what_needs_another_system_has_no_value_rather_than_0(headers_only: Warehouse) -> None:
    asked = [
        "planned_revenue",
        "billed_revenue",
        "backlog_amount",
        "unbilled_backlog_amount",
        "wip_amount",
        "worked_hours",
    ]
    assert query(headers_only, asked).to_pylist() == [dict.fromkeys(asked)]


def test_what_the_headers_tell_is_told(headers_only: Warehouse) -> None:
    """One invoice, not rejected: 0 of 1. One deal won on 10 January, its project made on the 12th: 2 days."""
    assert list(query(headers_only, ["invoice_rejection_rate", "project_setup_days"]).to_pylist()[0].values()) == [
        0.0,
        2.0,
    ]


def test_no_bridge_accuses_anyone_of_what_nobody_loaded(headers_only: Warehouse) -> None:
    for bridge in BRIDGES:
        assert headers_only.rows("from semantic.bridge($bridge, date '2026-04-01')", {"bridge": bridge})[1] == []
    assert headers_only.rows("select title from marts.fct_exceptions where kind = 'variance'")[1] == []
    # the project's client and the invoice's customer are of tables that nobody loaded: no reference is held to them
    assert headers_only.rows("select rule from marts.fct_ownership_breaches where rule like '%reference%'")[1] == []
    assert headers_only.rows("from semantic.today(date '2026-04-01') where question = 'late_this_week'")[1] == []


def test_the_bridges_lack_what_their_metrics_lack(headers_only: Warehouse) -> None:
    """Two lists say what a revenue needs, the mart's for bridges and pages and the metrics' own: they are one."""
    gaps = {
        "sold_to_planned": "planned_minus_sold", "planned_to_billed": "billed_minus_planned",
        "billed_to_recognized": "recognized_minus_billed", "billed_to_collected": "collected_minus_billed",
    }  # fmt: skip
    of_metrics = dict(headers_only.rows("select metric, lacks from semantic.metric_catalog")[1])
    of_mart = dict(headers_only.rows("select name, lacks from marts.dim_availability where kind <> 'table'")[1])
    assert of_mart == {name: of_metrics[gaps.get(name, name)] for name in (*REVENUES, *BRIDGES)}
    assert [name for name, lacks in of_mart.items() if not lacks] == ["sold_revenue"]


def test_explain_says_which_table_a_bridge_waits_for(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--home", str(home), "explain", "Relaunch", "--bridge"]
    assert main([*command, "sold_to_planned"]) == 2
    lacks = "lacks budget versions (psa_budget_versions), budgets (psa_budget_lines)"
    assert f"not available: this warehouse {lacks}." in capsys.readouterr().err
    assert main([*command, "planned_to_billed"]) == 2
    assert f"{lacks}, invoice lines (accounting_invoice_lines)." in capsys.readouterr().err


def test_a_view_that_is_not_available_has_no_rows_although_one_side_has(headers_only: Warehouse) -> None:
    assert headers_only.query("select count(*) as n from semantic.sold_revenue").to_pylist() == [{"n": 1}]
    for view in ("unbilled_backlog_amount", "planned_minus_sold", "book_to_bill_ratio"):
        assert headers_only.query(f"select count(*) as n from semantic.{view}").to_pylist() == [{"n": 0}]


def test_the_catalogue_and_the_comment_say_what_is_lacking(headers_only: Warehouse) -> None:
    told = "select lacks from semantic.metric_catalog where metric = 'wip_amount'"
    lacks = "time entries (psa_time_entries), invoice lines (accounting_invoice_lines)"
    assert headers_only.query(told).to_pylist() == [{"lacks": lacks}]
    comment = headers_only.query("select comment from duckdb_views() where view_name = 'wip_amount'").to_pylist()[0][
        "comment"
    ]
    assert comment.endswith(f"Not available: this warehouse lacks {lacks}.")


def test_revenue_monthly_leaves_the_other_four_empty(headers_only: Warehouse) -> None:
    [row] = headers_only.query("select * from semantic.revenue_monthly").to_pylist()
    assert (row["month"], row["sold_revenue"]) == (date(2026, 1, 1), Decimal("100000.00"))
    others = ("planned_revenue", "billed_revenue", "recognized_revenue", "collected_cash")
    assert [row[name] for name in others] == [None] * 4


def test_definitions_are_the_same_whatever_systems_a_firm_has(headers_only: Warehouse) -> None:
    """What was approved on the sample firm's systems is what this one runs: fingerprints do not know vendors."""
    unapproved = "select metric from semantic.metric_catalog where approved_by is null"
    assert headers_only.query(unapproved).to_pylist() == []


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


def test_work_that_nobody_recorded_is_not_held_against_anyone(nothing_recorded: Warehouse) -> None:
    """Planned 20,000 + 10,000 + 1,000, all due; billed 5,000. What lies between is told, and said to be half known."""
    day = {"day": date(2026, 4, 1)}
    steps = nothing_recorded.rows("select driver, amount from semantic.bridge('planned_to_billed', $day)", day)[1]
    assert sum(amount for _, amount in steps) == Decimal("5000.00") - Decimal("31000.00")
    assert {driver for driver, _ in steps} >= {"hours", "milestone_not_reached", "expenses"}
    book = "select rows_read, rows_loaded from marts.fct_loads where table_name = 'psa_expenses'"
    assert nothing_recorded.rows(book)[1] == [(1, 0)]
    said = "select steps_lack from marts.dim_availability where name = 'planned_to_billed'"
    lacks = "milestones (psa_milestones), time entries (psa_time_entries), expenses (psa_expenses)"
    assert nothing_recorded.rows(said)[1] == [(lacks,)]
    queue = "select subject from marts.fct_exceptions where kind = 'variance' and resolved_at is null order by 1"
    assert nothing_recorded.rows(queue)[1] == [
        ("planned_to_billed.billed_without_link",), ("sold_to_planned.handover_price",),
    ]  # fmt: skip


def test_what_rests_on_recorded_work_is_not_0_where_none_is_recorded(nothing_recorded: Warehouse) -> None:
    asked = ["wip_amount", "invoiceable_amount", "revenue_leakage_amount", "worked_hours"]
    assert query(nothing_recorded, asked).to_pylist() == [dict.fromkeys(asked)]
    known = query(nothing_recorded, ["planned_revenue", "billed_revenue"]).to_pylist()[0]
    assert list(known.values()) == [Decimal("31000.00"), Decimal("5000.00")]


def test_query_says_beside_the_answer_what_is_lacking(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), "query", "sold_revenue", "billed_revenue", "--format", "csv"]) == 0
    answer, aside = capsys.readouterr()
    assert answer.split() == ["sold_revenue,billed_revenue", "100000.00,"]
    assert aside == "billed_revenue is not available: this warehouse lacks invoice lines (accounting_invoice_lines).\n"


def test_query_without_a_metric_lists_them_with_what_they_lack(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), "query", "--format", "json"]) == 0
    listed = {row["metric"]: row["lacks"] for row in json.loads(capsys.readouterr().out)}
    assert len(listed) == len(METRICS)
    assert main(["--home", str(home), "query", "--by", "client"]) == 2
    assert "Name a metric: `tieout query` alone lists them." in capsys.readouterr().err
    assert (listed["sold_revenue"], listed["planned_revenue"]) == (
        "", "budget versions (psa_budget_versions), budgets (psa_budget_lines)",
    )  # fmt: skip


def test_the_command_line_suggests_what_was_meant(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), "query", "sold_revenu"]) == 2
    assert "Did you mean sold_revenue" in capsys.readouterr().err
    assert main(["--home", str(home), "query", "zzz"]) == 2
    assert "There is no metric 'zzz'. `tieout query` alone lists them." in capsys.readouterr().err
