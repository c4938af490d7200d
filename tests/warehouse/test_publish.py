"""Whatever happens while a build is published, warehouse.duckdb is a whole, checked snapshot; the next one heals."""

import errno
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from warehouse import publish as publishing
from warehouse.build import Build
from warehouse.connect import Warehouse, open_warehouse
from warehouse.errors import BuildError, SettingsError
from warehouse.publish import damage, publish, published_snapshot, rollback, seal_and_check, snapshots
from warehouse.settings import REPOSITORY, Settings

MakeBuild = Callable[..., Build]
FIRST, SECOND, THIRD = (f"20260331T00000{n}Z-aaaaaaaa" for n in (1, 2, 3))
MARK = "create or replace table marts.fct_exceptions as select '{}' as id"
COMMENTS = ("comment on table marts.fct_exceptions is 'x'", "comment on column marts.fct_exceptions.id is 'x'")

# Publishes build/<id> of the home, and kills itself at the named step.
KILLED = """
import os, signal, sys
from pathlib import Path
from warehouse import publish
from warehouse.build import Build
from warehouse.settings import read_settings

def reached(step):
    if step == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

publish.reached = reached
settings = read_settings(Path(sys.argv[1]))
build = Build(settings.build_folder / sys.argv[2], {"business_day": "2026-03-31"}, {})
publish.publish(settings, publish.seal_and_check(build))
"""
STEPS_BEFORE_THE_LINK = ("prepared", "sealed", "checked", "synced", "renamed", "described", "link written")


def marked(make_build: MakeBuild, build_id: str) -> Build:
    """A build whose id can be read from its own content."""
    return make_build(build_id, MARK.format(build_id), *COMMENTS)


def read_mark(settings: Settings) -> str:
    """What a reader that opens the home now finds: the id that the file was marked with."""
    rows = open_warehouse(settings.home).rows("select id from marts.fct_exceptions")[1]
    return str(rows[0][0])


def publish_build(settings: Settings, build: Build) -> None:
    publish(settings, seal_and_check(build))


@pytest.mark.parametrize("step", [*STEPS_BEFORE_THE_LINK, "linked"])
def test_a_kill_at_any_step_leaves_a_whole_snapshot_and_the_next_refresh_heals(
    settings: Settings, make_build: MakeBuild, step: str
) -> None:
    publish_build(settings, marked(make_build, FIRST))
    marked(make_build, SECOND)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(settings.home), SECOND, step], cwd=REPOSITORY, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    standing = SECOND if step == "linked" else FIRST
    assert read_mark(settings) == standing
    published = published_snapshot(settings)
    assert published is not None
    assert (published.id, damage(published)) == (standing, "")

    publish_build(settings, marked(make_build, THIRD))
    assert read_mark(settings) == THIRD
    files = {file.name.split(".")[0] for file in settings.snapshots_folder.iterdir()}
    assert files == {snapshot.id for snapshot in snapshots(settings)}, "an orphan of the crash was left behind"


def test_a_killed_first_publish_leaves_nothing_published(settings: Settings, make_build: MakeBuild) -> None:
    marked(make_build, FIRST)
    subprocess.run([sys.executable, "-c", KILLED, str(settings.home), FIRST, "described"], cwd=REPOSITORY, check=False)
    assert published_snapshot(settings) is None
    with pytest.raises(SettingsError, match="Nothing is published"):
        open_warehouse(settings.home)


@pytest.mark.parametrize("step", ["_write", "_to_disk", "_link"])
def test_a_full_disk_at_any_write_publishes_nothing(
    settings: Settings, make_build: MakeBuild, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    publish_build(settings, marked(make_build, FIRST))
    checked = seal_and_check(marked(make_build, SECOND))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(publishing, step, full)
        with pytest.raises(OSError, match="No space left"):
            publish(settings, checked)
    assert read_mark(settings) == FIRST
    publish_build(settings, marked(make_build, THIRD))
    assert read_mark(settings) == THIRD


def test_a_failed_check_publishes_nothing_and_says_which(settings: Settings, make_build: MakeBuild) -> None:
    publish_build(settings, marked(make_build, FIRST))
    broken = make_build(SECOND, "update marts.revenue_items set amount = amount + 0.01 where metric = 'planned'")
    with pytest.raises(BuildError, match=r"bridge sold_to_planned as of .* does not tie for deal:exports:D1"):
        publish_build(settings, broken)
    assert read_mark(settings) == FIRST


def test_a_wal_beside_a_build_is_refused(settings: Settings, make_build: MakeBuild) -> None:
    build = marked(make_build, FIRST)
    checked = seal_and_check(build)
    build.file.with_name("warehouse.duckdb.wal").write_bytes(b"stale")
    with pytest.raises(BuildError, match="wal is still there"):
        publish(settings, checked)
    assert published_snapshot(settings) is None


def test_what_is_published_is_read_only_described_and_without_inner_layers(
    settings: Settings, make_build: MakeBuild
) -> None:
    publish_build(settings, marked(make_build, FIRST))
    snapshot = published_snapshot(settings)
    assert snapshot is not None
    assert settings.warehouse_link.readlink() == Path("snapshots") / f"{FIRST}.duckdb"
    assert snapshot.file.stat().st_mode & 0o777 == 0o444
    manifest = snapshot.manifest()
    assert manifest["row_counts"]["marts.fct_variance_items"] == 4
    assert manifest["cursors"] == [
        {
            "system": "exports",
            "table": "crm_accounts",
            "load_id": "load-1",
            "loaded_at": "2026-04-01 02:00:00+00",
            "cursor": None,
        }
    ]
    assert manifest["tests"] == {"accounts_are_unique": "pass"}
    assert set(manifest["checks"].values()) == {"pass"}
    assert manifest["versions"]["duckdb"] == duckdb.__version__
    schemas = open_warehouse(settings.home).rows(
        "select distinct table_schema from information_schema.tables where table_catalog = 'warehouse'"
    )[1]
    assert {row[0] for row in schemas} == {"canonical", "marts", "seeds", "semantic"}


def test_five_snapshots_are_kept_and_the_published_one_always(settings: Settings, make_build: MakeBuild) -> None:
    ids = [f"20260331T00000{n}Z-aaaaaaaa" for n in range(7)]
    for build_id in ids[:6]:
        publish_build(settings, marked(make_build, build_id))
    assert [snapshot.id for snapshot in snapshots(settings)] == ids[1:6]
    rollback(settings, ids[1])
    publishing._prune(settings)
    assert read_mark(settings) == ids[1]
    publish_build(settings, marked(make_build, ids[6]))
    assert [snapshot.id for snapshot in snapshots(settings)] == ids[2:7]


def test_a_rollback_goes_to_the_one_before_and_the_next_publish_goes_on(
    settings: Settings, make_build: MakeBuild
) -> None:
    for build_id in (FIRST, SECOND):
        publish_build(settings, marked(make_build, build_id))
    assert rollback(settings).id == FIRST
    assert read_mark(settings) == FIRST
    with pytest.raises(SettingsError, match="no earlier snapshot"):
        rollback(settings)
    with pytest.raises(SettingsError, match=f"no snapshot 'x'. Kept are: {FIRST}, {SECOND}"):
        rollback(settings, "x")
    assert rollback(settings, SECOND).id == SECOND
    assert read_mark(settings) == SECOND


@pytest.mark.parametrize("fault", ["truncated", "a bit flipped", "a wal beside it"])
def test_a_damaged_snapshot_is_found_and_not_rolled_back_to(
    settings: Settings, make_build: MakeBuild, fault: str
) -> None:
    for build_id in (FIRST, SECOND):
        publish_build(settings, marked(make_build, build_id))
    first = snapshots(settings)[0]
    first.file.chmod(0o644)
    content = bytearray(first.file.read_bytes())
    if fault == "truncated":
        first.file.write_bytes(content[: len(content) // 2])
    elif fault == "a bit flipped":
        content[len(content) // 2] ^= 1
        first.file.write_bytes(content)
    else:
        first.file.with_name(first.file.name + ".wal").write_bytes(b"stale")
    assert damage(first)
    with pytest.raises(SettingsError, match=FIRST):
        rollback(settings)
    assert read_mark(settings) == SECOND


def test_readers_see_the_old_or_the_new_and_never_anything_else(settings: Settings, make_build: MakeBuild) -> None:
    publish_build(settings, marked(make_build, FIRST))
    checked = seal_and_check(marked(make_build, SECOND))
    seen: list[str] = []

    def look(_: str) -> None:
        reader = Warehouse(settings.warehouse_link.resolve())
        seen.append(str(reader.rows("select id from marts.fct_exceptions")[1][0][0]))
        reader.close()

    original = publishing.reached
    publishing.reached = look
    try:
        publish(settings, checked)
    finally:
        publishing.reached = original
    assert seen == [FIRST, FIRST, FIRST, FIRST, SECOND]  # synced, renamed, described, link written | linked


def test_a_snapshot_name_is_never_used_again(settings: Settings, make_build: MakeBuild) -> None:
    publish_build(settings, marked(make_build, FIRST))
    checked = seal_and_check(marked_again(make_build, settings))
    with pytest.raises(BuildError, match="never used again"):
        publish(settings, checked)
    assert read_mark(settings) == FIRST


def marked_again(make_build: MakeBuild, settings: Settings) -> Build:
    """A second build under the first one's id."""
    (settings.build_folder / FIRST).rename(settings.build_folder / "moved")
    return marked(make_build, FIRST)
