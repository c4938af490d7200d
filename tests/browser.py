"""A Chromium for the tests that need a person's eyes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.required import missing

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-background-networking --no-first-run --disable-sync "
    "--disable-component-update --disable-default-apps"
).split()


@contextmanager
def chromium() -> Iterator[Any]:
    """A running Chromium, as playwright drives it."""
    installed = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if installed is None:
        missing("Chromium is not installed, so nobody has looked: install chromium to run the browser tests")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=installed, args=ARGUMENTS)
        yield running
        running.close()
