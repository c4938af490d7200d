"""What can go wrong, by what a person should do about it: each kind has the exit code that `tieout` ends with."""

from __future__ import annotations

from collections.abc import Sequence


class TieoutError(Exception):
    """A sentence that says what is wrong and what to do next."""

    exit_code = 2


class SettingsError(TieoutError):
    """Wrong usage, configuration or order of commands."""


class LockHeldError(TieoutError):
    """Another tieout is loading, building or publishing in this home."""


class BuildError(TieoutError):
    """The data failed a model, a test or a check: nothing is published. `failures` are sentences."""

    exit_code = 1

    def __init__(self, failures: Sequence[str]) -> None:
        super().__init__("\n".join(failures))
        self.failures = list(failures)


class QueryError(TieoutError):
    """A query that is not allowed, is wrong, or took too long."""


class ExportError(TieoutError):
    """What arrived where it was exported to is not what was sent: nothing there was changed."""

    exit_code = 1


class ReadError(TieoutError):
    """A source could not be read; what was loaded before stands."""

    exit_code = 3
