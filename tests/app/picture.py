"""The README's picture, from the real app: `python tests/app/picture.py HOME` writes docs/overview.png.

HOME is a home with a published sample. It needs Chromium.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
PICTURE = REPOSITORY / "docs" / "overview.png"
SIZE = {"width": 1440, "height": 1160}


def draw(home: Path) -> None:
    """Serve the app on the home, open its first page, and keep what is seen."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "streamlit", "run", str(REPOSITORY / "app" / "main.py"), "--server.port", str(port),
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | {"TIEOUT_HOME": str(home)}) as app:
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
                )
                page = chromium.new_page(viewport=SIZE)
                page.goto(f"http://127.0.0.1:{port}")
                page.get_by_role("heading", name="Where to look first").wait_for(timeout=60_000)
                page.wait_for_timeout(2_000)  # charts draw themselves after the page is there
                page.screenshot(path=str(PICTURE))
                chromium.close()
        finally:
            app.terminate()


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)


if __name__ == "__main__":
    draw(Path(sys.argv[1]).resolve())
