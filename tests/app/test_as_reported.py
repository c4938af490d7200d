"""Ledger, as reported: what was told of March 2026, what it is now, and the records between, on the page itself.

The firm of tests/warehouse/restated_home.py: 61,000 was told as billed in March; 30,000 is credited back to it,
and 1,500 came in that nobody had seen.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import metrics
from tests.app.test_views import html_of, opened
from tests.warehouse.restated_home import Restated


@pytest.fixture
def page(restated: Restated, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("TIEOUT_HOME", str(restated.settings.home))
    return opened("ledger.py", section="As reported")


def test_the_page_says_what_was_told_and_what_it_is_now(page: AppTest) -> None:
    assert not page.exception
    text = html_of(page)
    assert "March 2026 is no longer what it was reported as." in text
    # 61,000 − 30,000 = 31,000; 25,000 + 1,500 = 26,500
    assert "Billed: told 61,000.00, now 31,000.00." in text
    assert "Collected: told 25,000.00, now 26,500.00." in text


def test_the_page_names_the_driver_and_the_record_that_moved_the_month(page: AppTest) -> None:
    text = html_of(page)
    assert "Credited" in text and "−30,000.00" in text
    assert "NL1" in text and "4 May 2026" in text, "the credit's line, and the load that first showed it"


def test_of_an_engagement_that_did_not_move_nothing_is_restated(page: AppTest) -> None:
    scope = page.session_state.scope
    month = metrics.reported_months(scope).to_pylist()[0]["month"]
    others = metrics.engagement_ids(scope.warehouse, {"client": ["Juniper"]})
    alone = dataclasses.replace(scope, engagement_ids=others)
    moved = {row["measure"]: row["difference_amount"] for row in metrics.reported_figures(alone, month).to_pylist()}
    assert moved["billed_revenue"] == 0 and moved["collected_cash"] == Decimal(1_500)


def test_before_any_month_is_closed_the_page_says_how(home: Path) -> None:
    app = opened("ledger.py", section="As reported")
    assert not app.exception
    assert "tieout close 2026-08" in html_of(app), "the last month that is over on 1 September 2026"
