"""One build: raw.duckdb (read-only) + tieout.toml + seeds + code -> build/<id>/warehouse.duckdb. Publishes nothing.

dbt runs in a process of its own: a second run in one process would write into the first one's file, since dbt-duckdb
keeps its connection. The parse of the last build is taken over, so that dbt reads again only what has changed.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import BuildError
from warehouse.project import DBT_PROJECT, compose_project, declare_sources, quoted, read_variables
from warehouse.settings import Settings

DEVELOPMENT = "dev"
KEPT_BUILDS = 2
SHOWN_FAILURES = 20
SHOWN_ROWS = 3
MEMORY_SHARE = 0.7
BROKEN = ("error", "runtime error", "fail")
# Unit tests say whether the code is right, on rows of their own: CI runs them once. The data tests judge every build.
WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
TOOLS = {"dbt": "from dbt.cli.main import cli", "mf": "from dbt_metricflow.cli.main import cli"}


@dataclass(frozen=True)
class Build:
    """A build's folder and what came of it: `tests` maps each dbt test to `pass`, `warn` or `skipped`."""

    folder: Path
    variables: dict[str, Any]
    tests: dict[str, str]

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def file(self) -> Path:
        return self.folder / "warehouse.duckdb"

    @property
    def project(self) -> Path:
        """The composed dbt project; dbt's own artifacts (manifests, compiled SQL) stand in project/target."""
        return self.folder / "project"

    @property
    def target(self) -> Path:
        return self.project / "target"


def new_id(now: datetime | None = None) -> str:
    """A name for a build and its snapshot that sorts by time and is never used again."""
    return f"{now or datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def run_build(
    settings: Settings,
    *,
    say: Callable[[str], None],
    build_id: str | None = None,
    dbt_project: Path = DBT_PROJECT,
    arguments: Sequence[str] = (),
) -> Build:
    """Run dbt's seeds, models and tests in build/<id>; `arguments` are dbt's own (--select …).

    The id `dev` is a folder that is kept: what an earlier run built in it stays. Raises BuildError where a model or a
    test fails, SettingsError where a build cannot start.
    """
    made = _compose(settings, build_id or new_id(), dbt_project)
    _prune(settings)
    errors = _run_dbt(settings, made, arguments, say)
    results = _read_results(made)
    failures = _failures(settings, made, results) or errors
    if failures:
        raise BuildError(failures)
    tests = {result["name"]: result["status"] for result in results if result["kind"] in ("test", "unit_test")}
    return Build(made.folder, made.variables, tests)


def run_tool(settings: Settings, tool: str, arguments: Sequence[str], *, dbt_project: Path = DBT_PROJECT) -> int:
    """Run `dbt` or `mf` itself in the development build, its output on the terminal. Returns its exit code.

    Raises SettingsError where nothing is loaded yet.
    """
    made = _compose(settings, DEVELOPMENT, dbt_project)
    is_subcommand = not "".join(arguments[:1]).startswith("-")  # `dbt --version` takes no variables
    variables = ["--vars", json.dumps(made.variables)] if tool == "dbt" and is_subcommand else []
    command = [sys.executable, "-c", f"{TOOLS[tool]}; cli(prog_name='{tool}')", *arguments, *variables]
    environment = _environment(settings, made) | {"DBT_PROFILES_DIR": ".", "DBT_LOG_PATH": "../logs"}
    return subprocess.run(command, cwd=made.project, env=environment, check=False, close_fds=False).returncode


def run_docs(settings: Settings, made: Build, file: Path, folder: Path) -> Path:
    """Have dbt document a finished build and what came of it (`file`) within `folder`: one page, whole by itself.

    The file is only read, and under the name that it was built with: dbt finds its tables by that. Raises BuildError.
    """
    (folder / "warehouse.duckdb").hardlink_to(file)
    variables = json.loads((made.target / "run_results.json").read_text())["args"]["vars"]
    command = [
        sys.executable, "-c", f"{TOOLS['dbt']}; cli(prog_name='dbt')", "docs", "generate", "--static",
        "--project-dir", ".", "--profiles-dir", str(DBT_PROJECT), "--target-path", str(folder / "target"),
        "--log-path", str(folder / "logs"), "--vars", json.dumps(variables),
    ]  # fmt: skip
    environment = _environment(settings, made) | {
        "TIEOUT_BUILD_FILE": str(folder / "warehouse.duckdb"),
        "TIEOUT_ACCESS_MODE": "read_only",
        "TIEOUT_TEMP_FOLDER": str(folder / "temp"),
    }
    dbt = subprocess.run(
        command, cwd=made.project, env=environment, capture_output=True, text=True, check=False, close_fds=False
    )
    if dbt.returncode != 0:
        raise BuildError(["dbt could not document the build:", *dbt.stdout.splitlines()[-SHOWN_FAILURES:], dbt.stderr])
    return folder / "target" / "static_index.html"


def memory_limit() -> int:
    """Bytes that a build's DuckDB may use: 70 % of the machine's memory, or of the container's if that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    container = Path("/sys/fs/cgroup/memory.max")
    limit = container.read_text().strip() if container.exists() else "max"
    return int(MEMORY_SHARE * min(machine, int(limit) if limit.isdigit() else machine))


def _compose(settings: Settings, build_id: str, dbt_project: Path) -> Build:
    """A build's folder with its project, ready to run."""
    made = Build(settings.build_folder / build_id, read_variables(settings), tests={})
    for part in ("models", "seeds", "macros", "tests"):
        shutil.rmtree(made.project / part, ignore_errors=True)
    compose_project(settings, made.project, dbt_project)
    declare_sources(made.project, made.variables)
    _take_over_parse(settings, made)
    return made


def _environment(settings: Settings, made: Build) -> dict[str, str]:
    """What profiles.yml asks, and ours but for all else that is TIEOUT_*: a source's secrets are not dbt's business.

    Paths are relative to the project, so that they are the same in every build and dbt can take over the last parse.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")} | {
        "TIEOUT_BUILD_FILE": "../warehouse.duckdb",
        "TIEOUT_RAW_FILE": os.path.relpath(settings.raw_file, made.project),
        "TIEOUT_TEMP_FOLDER": "../temp",
        "TIEOUT_MEMORY_LIMIT": f"{memory_limit()}B",
    }


def _run_dbt(settings: Settings, made: Build, arguments: Sequence[str], say: Callable[[str], None]) -> list[str]:
    """Run dbt and say how far it is. Returns its own errors, where it failed. Its log is build/<id>/logs/dbt.log."""
    command = [
        sys.executable, "-c", f"{TOOLS['dbt']}; cli(prog_name='dbt')", "build",
        "--project-dir", ".", "--profiles-dir", ".", "--log-path", "../logs",
        "--vars", json.dumps(made.variables),
        "--log-format", "json", "--log-level", "info", "--log-format-file", "text", "--log-level-file", "info",
        *arguments,
    ]  # fmt: skip
    (made.target / "run_results.json").unlink(missing_ok=True)
    errors, other_output = [], []
    with subprocess.Popen(
        command,
        cwd=made.project,
        env=_environment(settings, made),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        close_fds=False,  # it holds the home's lock with us
    ) as dbt:
        assert dbt.stdout is not None
        for line in dbt.stdout:
            if not line.startswith("{"):  # a crash before dbt's log begins, or a library's warning
                other_output.append(line.rstrip())
                continue
            event = json.loads(line)
            progress = event["data"]
            if event["info"]["level"] == "error":
                errors.append(" ".join(event["info"]["msg"].split()))
            elif progress.get("execution_time") is not None and _is_worth_saying(progress):
                say(f"build  {progress['index']} of {progress['total']} models, seeds and tests")
    if dbt.returncode == 0:
        return []
    ended = f"dbt ended with code {dbt.returncode}: see {made.folder / 'logs' / 'dbt.log'}."
    return errors or [*other_output[-SHOWN_FAILURES:], ended]


def _is_worth_saying(progress: dict[str, Any]) -> bool:
    return "total" in progress and (progress["index"] % 20 == 0 or progress["index"] == progress["total"])


def _read_results(made: Build) -> list[dict[str, Any]]:
    """What ran, from dbt's artifacts: name, kind, description, status, message, failures, compiled SQL and its file."""
    run_results = made.target / "run_results.json"
    if not run_results.exists():
        return []
    manifest = json.loads((made.target / "manifest.json").read_text())
    nodes = manifest["nodes"] | manifest["unit_tests"]
    results = []
    for result in json.loads(run_results.read_text())["results"]:
        node = nodes.get(result["unique_id"], {})
        results.append(
            {
                "name": node.get("name", result["unique_id"]),
                "kind": node.get("resource_type", "hook"),
                "description": " ".join((node.get("description") or "").split()),
                "status": result["status"],
                "message": str(result["message"] or "").strip(),
                "failures": result["failures"],
                "sql": result.get("compiled_code"),
                "sql_file": made.project / node["compiled_path"] if node.get("compiled_path") else None,
            }
        )
    return results


def _failures(settings: Settings, made: Build, results: Sequence[dict[str, Any]]) -> list[str]:
    """A sentence for each node that failed, at most SHOWN_FAILURES, then how many more and how many never ran."""
    broken = [result for result in results if result["status"] in BROKEN]
    sentences = [_sentence(settings, made, result) for result in broken[:SHOWN_FAILURES]]
    if len(broken) > SHOWN_FAILURES:
        sentences.append(f"… and {len(broken) - SHOWN_FAILURES} more: see {made.folder / 'logs' / 'dbt.log'}.")
    skipped = sum(result["status"] == "skipped" for result in results)
    if broken and skipped:
        sentences.append(f"{skipped} that depend on these did not run.")
    return sentences


def _sentence(settings: Settings, made: Build, result: dict[str, Any]) -> str:
    name, kind = result["name"], result["kind"].replace("_", " ")
    if result["status"] != "fail" or kind == "unit test":
        lines = [line for line in result["message"].splitlines() if line.strip()]
        return f"{kind} {name} failed: " + "\n    ".join(lines)
    count = "1 row" if result["failures"] == 1 else f"{result['failures']} rows"
    claim = f" ({result['description']})" if result["description"] else ""
    rows = _failing_rows(settings, made, result["sql"]) if result["sql"] else ""
    return f"test {name}{claim} found {count}:\n{rows}    Its SQL: {result['sql_file']}, on {made.file}"


def _failing_rows(settings: Settings, made: Build, sql: str) -> str:
    """The first rows that a test found, one a line."""
    with duckdb.connect(str(made.file), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{quoted(settings.raw_file)}' as raw (read_only)")
        found = connection.execute(f"select * from ({sql}) limit {SHOWN_ROWS}")
        names = [column[0] for column in found.description or []]
        lines = [", ".join(f"{n}={v}" for n, v in zip(names, row, strict=True))[:300] for row in found.fetchall()]
    return "".join(f"    {line}\n" for line in lines)


def _take_over_parse(settings: Settings, made: Build) -> None:
    """Give dbt the newest earlier build's parse. It checks by itself that variables, profile and files still agree."""
    parse = made.target / "partial_parse.msgpack"
    earlier = sorted(settings.build_folder.glob("*/project/target/partial_parse.msgpack"), key=_modified)
    if earlier and not parse.exists():
        parse.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(earlier[-1], parse)


def _modified(file: Path) -> float:
    return file.stat().st_mtime


def _prune(settings: Settings) -> None:
    """Forget all builds but the newest KEPT_BUILDS, the published one (`tieout docs` asks it) and the developer's."""
    builds = sorted(folder for folder in settings.build_folder.glob("*Z-*") if folder.is_dir())
    for folder in builds[:-KEPT_BUILDS]:
        if folder.name != settings.warehouse_link.resolve().stem:
            shutil.rmtree(folder)
