"""Today: each answer is what the metrics and bridges say of the same day, and its rows make its total."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal

import pytest

from app import metrics, morning

DAYS = [date(2025, 6, 30), date(2026, 3, 15), date(2026, 9, 1)]


def total(scope: metrics.Scope, question: str) -> dict[str, object]:
    return next(row for row in metrics.today_totals(scope).to_pylist() if row["question"] == question)


def on(scope: metrics.Scope, day: date) -> metrics.Scope:
    return dataclasses.replace(scope, as_of=day)


def test_every_question_has_its_words_and_stands_in_one_order(scope: metrics.Scope) -> None:
    assert [row["question"] for row in metrics.today_totals(scope).to_pylist()] == list(morning.QUESTIONS)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("question", morning.QUESTIONS)
def test_the_rows_behind_an_answer_make_its_total(scope: metrics.Scope, question: str, day: date) -> None:
    rows = metrics.today(on(scope, day), question).to_pylist()
    told = total(on(scope, day), question)
    assert told["row_count"] == len(rows)
    assert told["engagement_count"] == len({row["engagement_id"] for row in rows})
    assert told["amount"] == sum((row["amount"] or Decimal(0) for row in rows), Decimal(0))
    assert told["hours"] == sum((row["hours"] or Decimal(0) for row in rows), Decimal(0))


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(
    ("question", "metric"),
    [("invoiceable", "invoiceable_amount"), ("disputed", "disputed_receivables_amount")],
)
def test_an_answer_is_the_metric_of_that_day(scope: metrics.Scope, question: str, metric: str, day: date) -> None:
    by_metric = scope.warehouse.rows(f"select sum({metric}) from semantic.{metric} where metric_date <= ?", [day])
    assert total(on(scope, day), question)["amount"] == (by_metric[1][0][0] or Decimal(0))


@pytest.mark.parametrize("day", DAYS)
def test_what_becomes_late_this_week_is_what_stands_and_passes_its_time_by_then(
    scope: metrics.Scope, day: date
) -> None:
    expected = scope.warehouse.rows(
        """
        select coalesce(sum(abs(amount)), 0) from (
        select sum(i.amount) as amount from marts.fct_variance_items as i
        inner join seeds.variance_drivers as d on d.bridge = i.bridge and d.driver = i.driver and d.class = 'expected'
        where i.expected_until + 1 between ? and ? and i.effective_from <= i.expected_until + 1
            and coalesce(i.effective_to, date '9999-12-31') > i.expected_until + 1
        group by i.engagement_id, i.bridge, i.driver)
        """,
        [day + timedelta(days=1), day + timedelta(days=7)],
    )
    assert expected[1][0][0] > 0, "the sample has something that becomes late in this week"
    assert total(on(scope, day), "late_this_week")["amount"] == expected[1][0][0]


def test_a_project_on_hold_is_told_with_what_fell_due_meanwhile(scope: metrics.Scope) -> None:
    holds = scope.warehouse.rows(
        "select engagement_id, effective_from from marts.fct_holds where hold_kind = 'project' order by all"
    )[1]
    assert holds
    for engagement, since in holds:
        found = [
            row for row in metrics.today(on(scope, since), "on_hold").to_pylist() if row["engagement_id"] == engagement
        ]
        paused = scope.warehouse.rows(
            "select -sum(amount) from semantic.bridge_by_engagement('planned_to_billed', ?)"
            " where driver = 'paused' and engagement_id = ?",
            [since, engagement],
        )[1][0][0]
        assert [row["since"] for row in found] == [since]
        assert (found[0]["amount"] or 0) == (paused or 0)
        assert not [
            row
            for row in metrics.today(on(scope, since - timedelta(days=1)), "on_hold").to_pylist()
            if row["engagement_id"] == engagement
        ], "the day before it was not on hold"


def test_what_has_ended_needs_nobody(scope: metrics.Scope) -> None:
    ended = {
        row[0]
        for row in scope.warehouse.rows(
            "select engagement_id from marts.dim_engagements where project_status in ('closed', 'cancelled')"
        )[1]
    }
    assert ended
    for question in ("overrunning", "unstaffed"):
        assert not ended & set(metrics.today(scope, question).column("engagement_id").to_pylist())
