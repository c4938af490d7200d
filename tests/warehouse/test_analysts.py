"""Every query and command that docs/analysts.md shows runs on the sample firm, and says what the metrics say."""

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from warehouse.connect import Warehouse
from warehouse.semantics import query
from warehouse.settings import REPOSITORY

TEXT = (REPOSITORY / "docs" / "analysts.md").read_text()
QUESTIONS = dict(re.findall(r"^### (\d+)\. [^\n]*\n\n```sql\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE))
COMMANDS = "".join(re.findall(r"^```sh\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE)).splitlines()
[NOTEBOOK] = re.findall(r"^```python\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE)
LAST = date(2026, 8, 31)
YEAR = date(2026, 1, 1)


def answer(sample: Warehouse, number: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = sample.query(QUESTIONS[str(number)]).to_pylist()
    return rows


def test_there_are_twelve_questions() -> None:
    assert list(QUESTIONS) == [str(number) for number in range(1, 13)]


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_question_has_an_answer(number: str, sample: Warehouse) -> None:
    rows = sample.query(QUESTIONS[number]).to_pylist()
    assert rows
    assert [name for name in rows[0] if all(row[name] is None for row in rows)] == []


def test_the_months_of_the_year_are_those_of_the_metrics(sample: Warehouse) -> None:
    five = ["sold_revenue", "planned_revenue", "billed_revenue", "recognized_revenue", "collected_cash"]
    told = query(sample, five, start=YEAR, end=LAST, grain="month").to_pylist()
    assert [tuple(row.values()) for row in answer(sample, 1)] == [tuple(row.values()) for row in told]


def test_the_largest_backlogs_are_those_of_the_metric(sample: Warehouse) -> None:
    told = query(sample, ["unbilled_backlog_amount"], by=["client"], end=LAST).to_pylist()
    by_client = {row["client"]: row["unbilled_backlog_amount"] for row in told}
    answers = answer(sample, 2)
    assert all(by_client[row["client"]] == row["unbilled_backlog_amount"] for row in answers)
    assert answers[0]["unbilled_backlog_amount"] == max(by_client.values())


def test_the_steps_of_the_bridge_lead_from_planned_to_billed(sample: Warehouse) -> None:
    gap = query(sample, ["billed_minus_planned"], end=LAST).to_pylist()[0]["billed_minus_planned"]
    assert sum(row["amount"] for row in answer(sample, 3)) == gap


def test_work_in_progress_and_days_outstanding_are_those_of_the_metrics(sample: Warehouse) -> None:
    wip = query(sample, ["wip_amount"], by=["practice"], end=LAST).to_pylist()
    assert {r["practice"]: r["wip_amount"] for r in answer(sample, 6)} == {r["practice"]: r["wip_amount"] for r in wip}
    dso = query(sample, ["dso_days"], start=YEAR, end=LAST, grain="month").to_pylist()
    assert [row["dso_days"] for row in answer(sample, 11)] == [round(row["dso_days"], 1) for row in dso]


def test_margins_and_open_exceptions_are_those_of_the_metrics(sample: Warehouse) -> None:
    margin = query(sample, ["project_margin_amount"], start=YEAR, end=LAST).to_pylist()[0]["project_margin_amount"]
    assert sum(row["project_margin_amount"] for row in answer(sample, 9)) == margin
    count = query(sample, ["open_exception_count"], end=LAST).to_pylist()[0]["open_exception_count"]
    assert sum(row["open_exceptions"] for row in answer(sample, 12)) == count


def test_what_the_page_names_exists(sample: Warehouse) -> None:
    names = set(re.findall(r"semantic\.(\w+)(?!\()\b", TEXT))
    views = {row["name"] for row in sample.query("select view_name as name from duckdb_views()").to_pylist()}
    macros = {row["name"] for row in sample.query("select function_name as name from duckdb_functions()").to_pylist()}
    exported = {"bridges", "bridges_by_engagement", "snapshot"}  # in what is exported alone
    assert names - views - macros - exported - {"metric_catalog"} == set()


@pytest.fixture(scope="module")
def desk(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An analyst's folder: the link to the warehouse stands in it."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "warehouse.duckdb").symlink_to(sample_home / "warehouse.duckdb")
    return folder


@pytest.mark.parametrize("command", [line for line in COMMANDS if "postgresql://" not in line])
def test_a_command_of_the_page_runs(command: str, desk: Path, sample_home: Path) -> None:
    """Those that speak to PostgreSQL are run where there is one: test_export_postgres.py."""
    environment = os.environ | {
        "TIEOUT_HOME": str(sample_home), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    }  # fmt: skip
    done = subprocess.run(command, shell=True, cwd=desk, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_there_is_a_command_for_each_way_in() -> None:
    assert {line.split()[0] for line in COMMANDS} == {"tieout", "duckdb", "psql"}


def test_the_notebook_of_the_page_runs(desk: Path, sample: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    names: dict[str, Any] = {}
    exec(NOTEBOOK, names)
    [(rows, sold)] = sample.rows("select count(*), sum(sold_revenue) from semantic.revenue_monthly")[1]
    assert len(names["months"]) == rows
    assert sum(names["exact"].column("sold_revenue").to_pylist()) == sold
    names["warehouse"].close()

