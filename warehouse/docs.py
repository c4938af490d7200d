"""`tieout docs`: the published snapshot's build -> dbt's documentation of it, one page that needs no network.

The page is made once for each snapshot, out of the project that built it and the types of the tables that came of it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from warehouse.build import Build, run_docs
from warehouse.connect import published_file
from warehouse.errors import SettingsError
from warehouse.lock import lock
from warehouse.settings import Settings

Say = Callable[[str], None]


def write_page(settings: Settings, *, say: Say) -> Path:
    """Write build/docs/<snapshot>/index.html, unless it is there, and forget those of other snapshots. Returns it.

    Raises SettingsError where nothing is published or its build is not kept, BuildError where dbt fails.
    """
    with lock(settings, "docs", say):
        file = published_file(settings.home)
        pages = settings.build_folder / "docs"
        page = pages / file.stem / "index.html"
        if not page.exists():
            made = Build(settings.build_folder / file.stem, {}, {})
            if not made.target.exists():
                raise SettingsError(
                    f"The build of {file.stem} is not kept any more, and dbt needs it. Run `tieout refresh` first."
                )
            say(f"docs   {file.stem}")
            with tempfile.TemporaryDirectory(prefix="docs-", dir=settings.build_folder) as folder:
                written = run_docs(settings, made, file, Path(folder))
                shutil.rmtree(pages, ignore_errors=True)
                page.parent.mkdir(parents=True)
                written.replace(page)
    say(f"wrote {page}")
    return page


def serve_page(page: Path, port: int, *, say: Say) -> None:
    """Serve the page's folder to this machine alone until Ctrl-C; port 0 takes a free one."""
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Silent, directory=str(page.parent)))
    except OSError as error:
        raise SettingsError(f"Port {port} cannot be taken ({error.strerror}): name another with --port.") from error
    with server:
        say(f"dbt's documentation is at http://localhost:{server.server_port} until Ctrl-C")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


class _Silent(SimpleHTTPRequestHandler):
    """Says nothing of every request."""

    def log_message(self, format: str, *arguments: Any) -> None:
        return
