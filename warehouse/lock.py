"""One writer at a time in a home: loading, building and publishing take `.lock`; readers never do.

The lock is the kernel's (flock): it goes when its process ends, however it ends. A build's dbt inherits it, so that a
killed build's dbt, which may still have raw.duckdb open, is waited for too.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from warehouse.errors import LockHeldError
from warehouse.settings import Settings

WAIT_SECONDS = 600.0
POLL_SECONDS = 0.2


@contextlib.contextmanager
def lock(
    settings: Settings, command: str, say: Callable[[str], None], wait_seconds: float = WAIT_SECONDS
) -> Iterator[None]:
    """Hold the home's lock. While another holds it, say who, wait, and give up with LockHeldError."""
    descriptor = os.open(settings.lock_file, os.O_RDWR | os.O_CREAT, 0o644)
    os.set_inheritable(descriptor, True)
    try:
        give_up_at = time.monotonic() + wait_seconds
        is_said = False
        while not _try(descriptor):
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another tieout"
            if time.monotonic() >= give_up_at:
                raise LockHeldError(f"{holder} is at work in {settings.home}. Try again when it has ended.")
            if not is_said:
                say(f"waiting for {holder} to end")
                is_said = True
            time.sleep(POLL_SECONDS)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"`tieout {command}` (process {os.getpid()}, since {_now()})".encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
