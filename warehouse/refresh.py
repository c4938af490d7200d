"""Load, build and publish, alone or in a row, under the home's lock: systems -> raw.duckdb -> build -> snapshot."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from warehouse.build import DEVELOPMENT, WITHOUT_UNIT_TESTS, Build, run_build, run_tool
from warehouse.errors import ReadError, SettingsError
from warehouse.lock import lock
from warehouse.publish import Checked, Snapshot, publish, rollback, seal_and_check
from warehouse.settings import REPOSITORY, Settings, export_secrets

Say = Callable[[str], None]


def load(settings: Settings, *, say: Say, only: Sequence[str] = ()) -> None:
    """Copy the systems' records into raw.duckdb. Raises ReadError where one could not be read (the others were)."""
    with lock(settings, "load", say):
        _load(settings, say, only)


def build(
    settings: Settings, *, say: Say, is_development: bool = False, arguments: Sequence[str] = ()
) -> Build:
    """Build and check a warehouse; publish nothing. A development build is neither compiled nor checked as a whole."""
    with lock(settings, "build", say):
        if is_development:
            made = run_build(settings, say=say, build_id=DEVELOPMENT, arguments=arguments)
        else:
            made = _build(settings, say).build
    say(f"built {made.file}")
    return made


def develop(settings: Settings, tool: str, arguments: Sequence[str], *, say: Say) -> int:
    """Run `dbt` or `mf` itself in the development build. Returns its exit code."""
    with lock(settings, tool, say):
        return run_tool(settings, tool, arguments)


def refresh(settings: Settings, *, say: Say) -> Snapshot:
    """Load, build, check, publish. Where a source could not be read, its last good records are published with the rest
    (`fct_loads` shows it) and ReadError is raised at the end."""
    unread = None
    with lock(settings, "refresh", say):
        try:
            _load(settings, say, ())
        except ReadError as error:
            if not settings.raw_file.exists():
                raise
            unread = error
            say(f"load   {error} Its last good records stand.")
        snapshot = publish(settings, _build(settings, say))
    say(f"published {snapshot.id}")
    if unread is not None:
        raise unread
    return snapshot


def roll_back(settings: Settings, snapshot: str | None, *, say: Say) -> None:
    """Publish an earlier snapshot again: by default the one before the published one."""
    with lock(settings, "rollback", say):
        published = rollback(settings, snapshot)
    say(f"published {published.id} again")


def write_sample(folder: Path | None, *, scale: int, say: Say) -> int:
    """Write the sample firm's exports into `folder`, by default over the committed ones. Returns the exit code."""
    from ingestion.sample_firm import firm

    if folder is None and scale != 1:
        raise SettingsError("The committed sample is of scale 1. Name a folder for a larger firm with --to.")
    target = folder or REPOSITORY / "data" / "sample"
    firm.write(target, scale=scale)
    say(f"wrote the sample firm to {target}")
    return 0


def check_sample(*, say: Say) -> int:
    """Whether the committed exports are what the generator writes, to the byte. Returns the exit code."""
    from ingestion.sample_firm import firm

    differences = firm.check(REPOSITORY / "data" / "sample")
    for difference in differences:
        say(difference)
    say("the committed sample differs: run `tieout sample`" if differences else "the committed sample is as generated")
    return 1 if differences else 0


def _load(settings: Settings, say: Say, only: Sequence[str]) -> None:
    from ingestion.pipeline import load as load_systems
    from ingestion.systems import ConfigurationError, SourceError

    export_secrets(settings)
    try:
        report = load_systems(
            settings.home,
            list(settings.systems),
            list(only) or None,
            business_time_zone=settings.business_time_zone,
            progress=lambda line: say(f"load   {line}"),
        )
    except ConfigurationError as error:
        raise SettingsError(str(error)) from error
    except SourceError as error:
        raise ReadError(str(error)) from error
    read, quarantined = (sum(getattr(t, n) for t in report.tables) for n in ("rows_read", "rows_quarantined"))
    say(f"load   {read:,} rows read, {quarantined:,} of them quarantined (load {report.load_id})")


def _build(settings: Settings, say: Say) -> Checked:
    """A whole build, with its metrics, checked. Raises BuildError."""
    made = run_build(settings, say=say, arguments=WITHOUT_UNIT_TESTS)

    def prepare(connection: duckdb.DuckDBPyConnection) -> None:
        if importlib.util.find_spec("warehouse.semantics"):
            from warehouse.semantics import publish_semantic

            say("build  metrics, with their views and macros")
            publish_semantic(connection, made.project, settings)
        say("build  checks")

    return seal_and_check(made, prepare)
