"""`tieout` answers with the exit codes that others build on, and says in a sentence what went wrong."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse import refresh
from warehouse.build import Build
from warehouse.cli import main, parser
from warehouse.errors import BuildError, ReadError
from warehouse.publish import publish, seal_and_check
from warehouse.settings import REPOSITORY, Settings

MakeBuild = Callable[..., Build]
COMMANDS = sorted(parser()._subparsers._group_actions[0].choices)  # type: ignore[union-attr, arg-type]


@pytest.fixture
def published(settings: Settings, make_build: MakeBuild) -> Path:
    """A home with the small warehouse published."""
    publish(settings, seal_and_check(make_build("20260331T000000Z-aaaaaaaa")))
    return settings.home


def test_the_commands_are_those_that_others_build_on() -> None:
    fixed = {"demo", "load", "build", "refresh", "serve", "query", "explain", "status", "doctor", "sample", "test"}
    assert fixed <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_and_stands_in_the_readme(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"tieout {command}" in capsys.readouterr().out
    assert f"tieout {command}" in (REPOSITORY / "README.md").read_text()


def test_help_imports_nothing_slow() -> None:
    script = "import sys; from warehouse.cli import parser; parser().format_help(); print(sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    for slow in ("duckdb", "pyarrow", "dlt", "dbt", "streamlit", "metricflow"):
        assert f"'{slow}'" not in loaded


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["query", "--grain", "decade"],
        ["explain", "--bridge", "up"],
        ["explain", "--bridge", "sold_to_planned", "--as-of", "May"],
        ["sample", "--scale", "0"],
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize("command", ["load", "build", "refresh", "serve", "status", "test", "rollback"])
def test_a_home_without_configuration_ends_with_2_and_a_sentence(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path), command]) == 2
    assert "has no tieout.toml" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["explain", "--bridge", "sold_to_planned"], ["serve"], ["test"]])
def test_before_the_first_refresh_readers_are_told_to_run_it(
    command: list[str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(home), *command]) == 2
    assert "Run `tieout refresh`" in capsys.readouterr().err


def test_a_build_before_a_load_ends_with_2(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "raw.duckdb").unlink()
    assert main(["--home", str(home), "build"]) == 2
    assert "Run `tieout load` first" in capsys.readouterr().err


def test_a_part_is_only_built_for_development(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), "build", "--select", "dim_clients"]) == 2
    assert "add --dev" in capsys.readouterr().err


def test_data_that_fails_ends_with_1_and_publishes_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise BuildError(["test every_deal_has_a_client found 2 rows", "and another"])

    monkeypatch.setattr(refresh, "_load", lambda *_: None)
    monkeypatch.setattr(refresh, "run_build", fail)
    assert main(["--home", str(home), "refresh"]) == 1
    assert "every_deal_has_a_client found 2 rows\nand another" in capsys.readouterr().err
    assert not (home / "warehouse.duckdb").exists()


def test_a_source_that_cannot_be_read_ends_with_3_and_its_last_good_records_are_published(
    home: Path, make_build: MakeBuild, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreadable(*_: object) -> None:
        raise ReadError("salesforce answers 503.")

    monkeypatch.setattr(refresh, "_load", unreadable)
    monkeypatch.setattr(refresh, "_build", lambda *_: seal_and_check(make_build("20260331T000000Z-aaaaaaaa")))
    assert main(["--home", str(home), "refresh"]) == 3
    assert "salesforce answers 503." in capsys.readouterr().err
    assert (home / "warehouse.duckdb").exists()


def test_a_full_disk_ends_with_2_and_no_traceback(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(refresh, "_load", full)
    assert main(["--home", str(home), "load"]) == 2
    assert "No space left on device. What was published before stands." in capsys.readouterr().err


def test_explain_prints_exact_amounts_as_json(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--home", str(published), "explain", "--bridge", "sold_to_planned", "--format", "json"]
    assert main(command) == 0
    [bridge] = json.loads(capsys.readouterr().out)["bridges"]
    assert [(step["driver"], step["amount"]) for step in bridge["steps"]] == [
        ("sold_revenue", "100000.00"),
        ("scope_reduced", "-15000.00"),
        ("planned_revenue", "85000.00"),
    ]


def test_explain_lists_the_records_behind_an_engagement(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--home", str(published), "explain", "D1", "--bridge", "sold_to_planned", "--records", "--format", "csv"]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "sold_to_planned,scope_reduced,-15000.00,exports,budget_version,P1|2" in lines[1]


def test_status_shows_each_system_and_the_published_snapshot(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(published), "status"]) == 0
    out = capsys.readouterr().out
    assert "exports" in out
    assert "published  20260331T000000Z-aaaaaaaa, business day 2026-03-31" in out
    assert "check      every bridge ties: pass" in out


def test_the_published_warehouse_is_checked_again_on_demand(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(published), "test", "--format", "json"]) == 0
    results = {row["name"]: row["result"] for row in json.loads(capsys.readouterr().out)}
    assert results["every bridge ties"] == "pass"
    assert results["accounts_are_unique"] == "pass"


def test_doctor_finds_a_sound_home_sound(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(published), "doctor", "--format", "json"]) == 0
    findings = {row["check"]: row["result"] for row in json.loads(capsys.readouterr().out)}
    for check in ("home", "duckdb", "exports", "raw.duckdb", "warehouse", "snapshot"):
        assert findings[check] == "ok"


@pytest.mark.parametrize("fault", ["a changed snapshot", "a link to nothing", "no exports"])
def test_doctor_finds_what_is_wrong(published: Path, capsys: pytest.CaptureFixture[str], fault: str) -> None:
    snapshot = (published / "warehouse.duckdb").resolve()
    if fault == "a changed snapshot":
        snapshot.chmod(0o644)
        snapshot.write_bytes(snapshot.read_bytes()[:-1])
    elif fault == "a link to nothing":
        snapshot.unlink()
    else:
        shutil.rmtree(published / "exports")
    assert main(["--home", str(published), "doctor"]) == 2
    assert "wrong" in capsys.readouterr().out


def test_rollback_names_what_it_publishes(
    settings: Settings, published: Path, make_build: MakeBuild, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(settings, seal_and_check(make_build("20260401T000000Z-bbbbbbbb")))
    assert main(["--home", str(published), "rollback"]) == 0
    assert "published 20260331T000000Z-aaaaaaaa again" in capsys.readouterr().out


def test_serve_becomes_streamlit_on_the_app_and_tells_it_the_home(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    became: list[tuple[str, list[str], dict[str, str]]] = []

    def become(program: str, command: list[str], environment: dict[str, str]) -> None:
        became.append((program, command, environment))

    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setattr(os, "execve", become)
    main(["--home", str(published), "serve", "--port", "8765"])
    [(program, command, environment)] = became
    assert program == command[0] == sys.executable
    assert command[1:5] == ["-m", "streamlit", "run", str(REPOSITORY / "app" / "main.py")]
    assert command[command.index("--server.port") + 1] == "8765"
    assert environment["TIEOUT_HOME"] == str(published)
