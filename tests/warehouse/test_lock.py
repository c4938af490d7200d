"""One writer at a time in a home: a second one waits, or says who is at work; a dead one holds nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from warehouse.errors import LockHeldError
from warehouse.lock import lock
from warehouse.settings import REPOSITORY, Settings

HOLDER = """
import sys
from pathlib import Path
from warehouse.lock import lock
from warehouse.settings import read_settings
with lock(read_settings(Path(sys.argv[1])), "refresh", print):
    print("held", flush=True)
    sys.stdin.read()
"""

HOLDER_WITH_A_CHILD = """
import subprocess, sys
from pathlib import Path
from warehouse.lock import lock
from warehouse.settings import read_settings
with lock(read_settings(Path(sys.argv[1])), "refresh", print):
    subprocess.Popen(["cat"], stdin=int(sys.argv[2]), close_fds=False)
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the home's lock until its input ends."""
    command = [sys.executable, "-c", HOLDER, str(home)]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_refresh_says_who_holds_the_lock_and_gives_up(settings: Settings) -> None:
    said: list[str] = []
    with (
        another_process(settings.home) as holder,
        pytest.raises(LockHeldError, match=rf"`tieout refresh` \(process {holder.pid}.*is at work"),
        lock(settings, "refresh", said.append, wait_seconds=0.1),
    ):
        pass
    assert len(said) == 1
    assert said[0].startswith(f"waiting for `tieout refresh` (process {holder.pid}")


def test_a_second_refresh_goes_on_when_the_first_has_ended(settings: Settings) -> None:
    with another_process(settings.home) as holder:
        assert holder.stdin is not None

        def end_the_first(_: str) -> None:
            holder.stdin.close()  # type: ignore[union-attr]

        with lock(settings, "refresh", end_the_first, wait_seconds=30):
            assert holder.wait(30) == 0


def test_a_killed_refresh_holds_nothing(settings: Settings) -> None:
    with another_process(settings.home) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait(30)
        with lock(settings, "refresh", pytest.fail, wait_seconds=5):
            pass


def test_what_a_killed_refresh_left_running_is_waited_for(settings: Settings) -> None:
    # Its child reads from a pipe that this test holds open, and so outlives it until the test lets go.
    reading, writing = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER_WITH_A_CHILD, str(settings.home), str(reading)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[reading],
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()
        holder.wait(30)
        with pytest.raises(LockHeldError), lock(settings, "refresh", lambda _: None, wait_seconds=0.1):
            pass
        os.close(writing)
        with lock(settings, "refresh", lambda _: None, wait_seconds=30):
            pass
    os.close(reading)
