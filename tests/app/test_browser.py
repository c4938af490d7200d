"""A person with a browser: opens the app, clicks a bar, follows it to a record. Chromium, on the published sample."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import metrics
from tests.browser import chromium
from warehouse.settings import REPOSITORY


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A running Chromium."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def address(sample_home: Path) -> Iterator[str]:
    """The app, served on a free port."""
    yield from serve(sample_home)


@pytest.fixture(scope="module")
def hostile_address(hostile_home: Path) -> Iterator[str]:
    """The app on the sample with hostile names."""
    yield from serve(hostile_home)


def serve(home: Path) -> Iterator[str]:
    """The address of the app on the home, until the test is done with it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "streamlit", "run", str(REPOSITORY / "app" / "main.py"), "--server.port", str(port),
        "--server.address", "127.0.0.1",
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=os.environ | {"TIEOUT_HOME": str(home)}, stdout=subprocess.DEVNULL
    ) as app:
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(300):
                try:
                    urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield address
        finally:
            app.terminate()


def page_of(browser: Any, width: int = 1440) -> tuple[Any, list[str]]:
    """A new page, and the addresses beyond this machine that it asks for."""
    page = browser.new_page(viewport={"width": width, "height": 1000})
    page.set_default_timeout(60_000)
    beyond: list[str] = []

    def note(request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            beyond.append(request.url)

    page.on("request", note)
    return page, beyond


def settled(page: Any) -> None:
    """Wait until the app has nothing more to draw."""
    page.locator('[data-test-script-state="notRunning"]').wait_for()


def click_bar(page: Any, label: str) -> None:
    """Click the bar until its step is told: a chart that is still drawing itself anew hears no click."""
    from playwright.sync_api import TimeoutError as NotYet

    page.locator(f'path[aria-label^="Choose {label}:"]').wait_for()
    for _ in range(6):
        settled(page)
        page.locator(f'path[aria-label^="Choose {label}:"]').click()
        try:
            page.get_by_role("heading", name=label, exact=True).wait_for(timeout=10_000)
            settled(page)
            return
        except NotYet:
            continue
    pytest.fail(f"Clicking the bar {label!r} chooses nothing.")


def test_a_click_on_a_bar_leads_to_a_record_with_its_own_id(
    browser: Any, address: str, scope: metrics.Scope
):
    bridge, driver = "planned_to_billed", "written_off"
    label = metrics.driver(scope, bridge, driver)["label"]
    engagement = metrics.step_engagements(scope, bridge, driver).to_pylist()[0]
    record = metrics.step_records(scope, bridge, driver, engagement["engagement_id"]).to_pylist()[0]

    page, beyond = page_of(browser)
    page.goto(f"{address}/bridge?bridge={bridge}")  # the first thing a fresh server is asked for is a deep link
    click_bar(page, label)
    page.wait_for_function(f"location.search.includes('step={driver}')")
    records = page.get_by_role("region", name="Records")
    link = records.get_by_role("link", name=record["source_id"], exact=True)
    link.wait_for()
    assert link.get_attribute("href") == record["record_url"]
    assert page.locator("header").get_by_role("link", name="Engagement").count() == 1

    page.get_by_role("link", name="Open this engagement").click()
    page.get_by_role("heading", name=engagement["engagement_name"], exact=True).wait_for()
    page.get_by_role("heading", name="Its bridges").wait_for()
    assert beyond == []


def test_the_same_bar_can_be_clicked_again_after_the_selector_chose_another(browser: Any, address: str):
    page, _ = page_of(browser)
    page.goto(f"{address}/bridge?bridge=planned_to_billed")
    click_bar(page, "Written off")
    page.get_by_role("combobox", name="Step").focus()  # from here on by keyboard alone
    page.keyboard.press("ArrowDown")
    page.keyboard.type("Not due")
    page.get_by_role("option", name="Not due yet").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Not due yet", exact=True).wait_for()
    settled(page)
    click_bar(page, "Written off")


def test_filters_stay_on_the_way_from_page_to_page_and_in_the_address(browser: Any, address: str):
    page, _ = page_of(browser)
    page.goto(f"{address}/?practice=Data&as_of=2026-03-31&legal_entity=nobody")
    page.get_by_role("heading", name="Where to look first").wait_for()
    for name in ("Bridge", "Ledger", "Overview"):
        page.locator("header").get_by_role("link", name=name, exact=True).click()
        page.get_by_role("heading", level=1, name=name).wait_for()
        page.wait_for_function("location.search.includes('practice=Data')")
        page.get_by_text("only Practice: Data").wait_for()
        assert "as_of=2026-03-31" in page.url and "nobody" not in page.url


def test_a_phone_shows_the_page_without_scrolling_sideways(browser: Any, address: str):
    page, _ = page_of(browser, width=390)
    for view in ("", "bridge", "trust", "ledger"):
        page.goto(f"{address}/{view}")
        page.locator("h1").first.wait_for()
        page.get_by_role("heading", level=2).first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), view or "overview"


def test_hostile_names_fetch_nothing_and_link_nowhere(browser: Any, hostile_address: str):
    page, beyond = page_of(browser)
    for view in ("", "bridge?bridge=planned_to_billed", "engagement", "trust"):
        page.goto(f"{hostile_address}/{view}")
        page.get_by_role("heading", level=2).first.wait_for()
        page.wait_for_load_state("networkidle")
        assert page.locator('[src*="evil"], a[href*="evil"], a[href^="javascript"]').count() == 0
    assert beyond == []
