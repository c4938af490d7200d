"""The app takes this process over: streamlit on app/main.py, told its home by TIEOUT_HOME."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from warehouse.settings import REPOSITORY


def serve(home: Path, port: int) -> NoReturn:
    """Become the app's server. It has this process's id, so that whoever stops `tieout serve` stops the server."""
    command = [
        sys.executable, "-m", "streamlit", "run", str(REPOSITORY / "app" / "main.py"),
        "--server.port", str(port), "--server.headless", "true",
    ]  # fmt: skip
    os.chdir(REPOSITORY)  # where streamlit looks for .streamlit/config.toml
    os.execve(sys.executable, command, os.environ | {"TIEOUT_HOME": str(home)})
