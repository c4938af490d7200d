"""Metrics: under every filter a bridge ties, its parts make the whole, and what stands behind a step is all of it."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal

import pytest

from app import metrics
from warehouse.connect import QueryError

VIEWS = metrics.QUESTIONS.parent / "views"


@pytest.mark.parametrize("bridge", metrics.BRIDGES)
@pytest.mark.parametrize("moving", [False, True])
def test_start_and_steps_make_the_end(scope, bridge, moving):
    ends = metrics.bridge_ends(scope, bridge, moving)
    steps = metrics.bridge_steps(scope, bridge, moving).to_pylist()
    assert ends["is_available"] and ends["ties"]
    assert steps, "the sample has something to explain on every bridge"
    assert ends["start_amount"] + sum(step["amount"] for step in steps) == ends["end_amount"]
    assert steps[0]["from_amount"] == ends["start_amount"]
    assert steps[-1]["to_amount"] == ends["end_amount"]


@pytest.mark.parametrize("bridge", metrics.BRIDGES)
def test_movement_is_the_closing_bridge_less_the_opening_one(scope, bridge):
    before = metrics.bridge_ends(dataclasses.replace(scope, as_of=scope.opening), bridge)
    after = metrics.bridge_ends(scope, bridge)
    moved = metrics.bridge_ends(scope, bridge, moving=True)
    assert moved["steps_amount"] == after["steps_amount"] - before["steps_amount"]


@pytest.mark.parametrize("bridge", metrics.BRIDGES)
def test_few_steps_lead_to_the_same_end(scope, bridge):
    whole = metrics.bridge_steps(scope, bridge).to_pylist()
    few = metrics.bridge_steps(scope, bridge, shown=2).to_pylist()
    assert len({step["driver"] for step in few}) <= 3
    assert few[-1]["to_amount"] == whole[-1]["to_amount"]


@pytest.mark.parametrize("dimension", metrics.DIMENSIONS)
def test_the_values_of_a_dimension_not_set_included_make_the_whole(scope, dimension):
    whole = [row["amount"] for row in metrics.figures(scope).to_pylist()]
    parts = [Decimal(0)] * len(whole)
    for value in metrics.choices(scope.warehouse)[dimension]:
        ids = metrics.engagement_ids(scope.warehouse, {dimension: [value]})
        found = metrics.figures(dataclasses.replace(scope, engagement_ids=ids)).to_pylist()
        parts = [part + row["amount"] for part, row in zip(parts, found, strict=True)]
    assert parts == whole


def test_a_filter_that_leaves_nothing_shows_nothing_and_not_everything(scope):
    ids = metrics.engagement_ids(scope.warehouse, {"client": ["nobody of that name"]})
    assert ids == ()
    nothing = dataclasses.replace(scope, engagement_ids=ids)
    assert [row["amount"] for row in metrics.figures(nothing).to_pylist()] == [0, 0, 0, 0, 0]
    assert metrics.bridge_steps(nothing, "sold_to_planned").num_rows == 0
    assert metrics.exceptions(nothing).num_rows == 0


@pytest.mark.parametrize("moving", [False, True])
def test_behind_a_step_stand_engagements_and_records_that_make_it(scope, moving):
    bridge = "planned_to_billed"
    steps = {row["driver"]: row["driver_amount"] for row in metrics.bridge_steps(scope, bridge, moving).to_pylist()}
    assert len(steps) > 3
    for driver, amount in steps.items():
        engagements = metrics.step_engagements(scope, bridge, driver, moving).to_pylist()
        assert sum(row["amount"] for row in engagements) == amount
        records = metrics.step_records(scope, bridge, driver, None, moving).to_pylist()
        assert records[0]["records_amount"] == amount
        first = engagements[0]["engagement_id"]
        own = metrics.step_records(scope, bridge, driver, first, moving).to_pylist()
        assert own[0]["records_amount"] == sum(row["amount"] for row in engagements if row["engagement_id"] == first)


def test_backlog_rolls_from_month_to_month(scope):
    for engagement in metrics.engagements(scope).to_pylist()[:10]:
        months = metrics.backlog(scope, engagement["engagement_id"]).to_pylist()[::-1]
        closing = Decimal(0)
        for month in months:
            assert month["opening_amount"] == closing
            closing = month["opening_amount"] + month["sold_revenue"] + month["billed_amount"]
            assert month["closing_amount"] == closing


def test_the_console_reads_and_does_nothing_else(scope):
    assert metrics.console(scope, "select 1 as one;").to_pylist() == [{"one": 1}]
    assert metrics.console(scope, "from range(10000) -- a remark").num_rows == metrics.CONSOLE_ROWS + 1
    for text in ("drop table marts.dim_clients", "select 1); drop table x; (select 2", "copy (select 1) to '/tmp/x'",
                 "select * from read_text('/etc/passwd')", "attach '/tmp/x.duckdb'"):  # fmt: skip
        with pytest.raises(QueryError):
            metrics.console(scope, text)


def test_pages_hold_no_sql_and_read_numbers_through_one_door():
    for page in sorted(VIEWS.glob("*.py")):
        text = page.read_text()
        if page.name != "sql.py":
            assert not re.search(r"\bselect\b[^\n]*\bfrom\b|\bfrom (semantic|marts|canonical)\.", text), page.name
        assert "warehouse.query" not in text and "duckdb" not in text, page.name


def test_questions_read_published_names_only_and_each_is_asked():
    asked = (metrics.QUESTIONS.parent / "metrics.py").read_text()
    for question in sorted(metrics.QUESTIONS.glob("*.sql")):
        text = question.read_text()
        assert text.startswith("-- "), f"{question.name} does not say what it answers"
        schemas = set(re.findall(r"(?<!distinct )\b(?:from|join)\s+([a-z]+)\.", text))
        assert schemas <= {"semantic", "marts", "canonical", "seeds"}, question.name
        assert f'"{question.stem}"' in asked, f"nobody asks {question.name}"


def test_an_entitys_differences_are_those_that_do_not_tie(scope):
    # 40,000 of an intercompany invoice is explained and ties; the ledger's own journal of 4,200 is not
    loose = [row for row in metrics.ledger_ties(scope).to_pylist() if not row["is_tied"]]
    assert [row["difference_amount"] for row in loose] == [Decimal("4200.00")]
    entities = metrics.ledger_entities(scope).to_pylist()
    assert sum(row["open_count"] for row in entities) == len(loose)
    assert sum(row["difference_amount"] for row in entities) == Decimal("4200.00")
