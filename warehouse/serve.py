"""The app in a process of its own: streamlit on app/main.py, told its home by TIEOUT_HOME."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from warehouse.settings import REPOSITORY


def serve(home: Path, port: int) -> int:
    """Serve until stopped. Returns streamlit's exit code."""
    command = [
        sys.executable, "-m", "streamlit", "run", str(REPOSITORY / "app" / "main.py"),
        "--server.port", str(port), "--server.headless", "true",
    ]  # fmt: skip
    # The working folder is where streamlit looks for .streamlit/config.toml.
    with subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | {"TIEOUT_HOME": str(home)}) as app:
        try:
            return app.wait()
        except KeyboardInterrupt:
            app.terminate()
            return 0
