"""A build is a function of raw, tieout.toml, the seeds and the code; what fails is said in a sentence."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from warehouse import build as building
from warehouse.build import DEVELOPMENT, Build, memory_limit, new_id, run_build, run_tool
from warehouse.errors import BuildError, SettingsError
from warehouse.project import DBT_PROJECT, compose_project, read_variables
from warehouse.settings import Settings

ACCOUNTS = """
select account_id, name from {{ 'raw.raw_' ~ var('systems')[0].name ~ '.crm_accounts' }} where valid_to is null
"""
NAMED = """
{{ config(materialized='view') }}
select a.account_id, a.name, s.role from {{ ref('crm_accounts') }} as a cross join {{ ref('systems') }} as s
"""
TESTS = """
models:
  - name: dim_accounts
    description: One row per account.
    columns:
      - name: name
        description: Its name.
        data_tests:
          - accepted_values:
              name: every_account_is_known
              description: An account that nobody knows is counted nowhere.
              arguments: {values: [%s]}
"""


@pytest.fixture
def dbt_project(tmp_path: Path) -> Path:
    """A small dbt project with the repository's own configuration and naming macros."""
    folder = tmp_path / "dbt_project"
    files = {
        "models/canonical/crm_accounts.sql": ACCOUNTS,
        "models/marts/dim_accounts.sql": NAMED,
        "models/marts/_marts.yml": TESTS % "Harbor, Juniper",
        "seeds/systems.csv": "system,role\nexports,crm\n",
        "seeds/teams.csv": "user,team\nana,sales\n",
        "seeds/_seeds.yml": "seeds:\n  - name: systems\n    description: Systems.\n",
        "target/left_over.txt": "of a developer's run",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "models/staging").mkdir()
    for name in ("dbt_project.yml", "profiles.yml", "macros/relations.sql", "models/_groups.yml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text((DBT_PROJECT / name).read_text())
    return folder


Run = Callable[..., Build]


@pytest.fixture
def run(settings: Settings, dbt_project: Path) -> Run:
    """run(**options) -> the build of the small project in the small home, saying nothing."""
    return lambda **options: run_build(settings, say=lambda _: None, dbt_project=dbt_project, **options)


def read(build: Build, sql: str) -> list[tuple[object, ...]]:
    """Rows from the built file, attached under another name than it was built as, beside its raw."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{build.folder.parent.parent / 'raw.duckdb'}' as raw (read_only)")
        connection.execute(f"attach '{build.file}' as another_name (read_only)")
        connection.execute("use another_name")
        return connection.execute(sql).fetchall()


def test_two_builds_in_one_process_write_two_files_that_open_under_any_name(run: Run) -> None:
    first, second = run(), run()
    assert first.file != second.file
    for build in (first, second):
        assert read(build, "select account_id, name, role from marts.dim_accounts order by all") == [
            ("A1", "Harbor", "crm"),
            ("A2", "Juniper", "crm"),
        ]
        assert build.tests == {"every_account_is_known": "pass"}
        assert not build.file.with_name("warehouse.duckdb.wal").exists()
    assert not (first.target / "left_over.txt").exists()
    assert read(second, "select comment from duckdb_views() where view_name = 'dim_accounts'") == [
        ("One row per account.",)
    ]
    first_log, second_log = ((build.folder / "logs" / "dbt.log").read_text() for build in (first, second))
    assert "Unable to do partial parsing" in first_log
    assert "Unable to do partial parsing" not in second_log, "it did not take over the first one's parse"


def test_a_failing_test_is_told_with_its_claim_its_count_and_its_rows(run: Run, dbt_project: Path) -> None:
    (dbt_project / "models/marts/_marts.yml").write_text(TESTS % "Harbor")
    with pytest.raises(BuildError) as failure:
        run()
    [sentence] = failure.value.failures
    assert sentence.startswith(
        "test every_account_is_known (An account that nobody knows is counted nowhere.) found 1 row:\n"
        "    value_field=Juniper, n_records=1\n"
    )
    assert "every_account_is_known.sql" in sentence


def test_a_broken_model_is_told_with_duckdbs_message_and_what_it_holds_up(run: Run, dbt_project: Path) -> None:
    (dbt_project / "models/canonical/crm_accounts.sql").write_text("select nonsense from raw.raw_exports.crm_accounts")
    with pytest.raises(BuildError) as failure:
        run()
    broken, held_up = failure.value.failures
    assert broken.startswith("model crm_accounts failed:")
    assert "nonsense" in broken
    assert held_up == "2 that depend on these did not run."


def test_a_project_that_dbt_cannot_parse_is_told_in_dbts_words(run: Run, dbt_project: Path) -> None:
    (dbt_project / "models/marts/dim_accounts.sql").write_text("select * from {{ ref('nowhere') }}")
    with pytest.raises(BuildError, match="nowhere"):
        run()


def test_a_development_build_keeps_what_was_built_before(run: Run, settings: Settings, dbt_project: Path) -> None:
    run(build_id=DEVELOPMENT)
    (dbt_project / "models/marts/dim_extra.sql").write_text("select count(*) as n from {{ ref('dim_accounts') }}")
    (dbt_project / "seeds/teams.csv").unlink()
    build = run(build_id=DEVELOPMENT, arguments=["--select", "dim_extra"])
    assert build.folder == settings.build_folder / "dev"
    assert read(build, "select n, (select count(*) from seeds.teams) from marts.dim_extra") == [(2, 1)]
    assert not (build.project / "seeds/teams.csv").exists()


def test_dbt_itself_runs_with_the_variables_of_a_build_and_its_exit_code_is_told(
    settings: Settings, dbt_project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def dbt(*arguments: str) -> int:
        return run_tool(settings, "dbt", arguments, dbt_project=dbt_project)

    (dbt_project / "models/marts/_marts.yml").write_text(TESTS % "Harbor")  # Juniper is an account, too
    assert dbt("build", "--exclude-resource-type", "test") == 0
    assert "Completed successfully" in capfd.readouterr().out
    assert dbt("test", "--select", "dim_accounts") == 1
    assert "Got 1 result, configured to fail if != 0" in capfd.readouterr().out
    assert dbt("docs", "generate") == 0
    catalog = json.loads((settings.build_folder / "dev" / "project" / "target" / "catalog.json").read_text())
    assert catalog["nodes"]["model.tieout.dim_accounts"]["columns"]["name"]["type"] == "VARCHAR"


def test_dbt_does_not_inherit_our_secrets(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, str] = {}

    class Stop(Exception):
        """Instead of running dbt."""

    def look(*_: object, env: dict[str, str], **__: object) -> None:
        seen.update(env)
        raise Stop

    monkeypatch.setenv("TIEOUT_EXPORTS_PASSWORD", "hunter2")
    monkeypatch.setattr(building.subprocess, "Popen", look)
    with pytest.raises(Stop):
        run()
    assert "hunter2" not in seen.values()
    assert seen["TIEOUT_RAW_FILE"] == os.path.join("..", "..", "..", "raw.duckdb")  # noqa: PTH118
    assert int(seen["TIEOUT_MEMORY_LIMIT"].removesuffix("B")) == memory_limit() > 0


def test_the_business_day_is_that_of_the_newest_finished_load_in_the_business_time_zone(settings: Settings) -> None:
    # Loaded at 02:00 UTC on 1 April, which is 22:00 of 31 March in New York.
    assert read_variables(settings)["business_day"] == "2026-03-31"
    with duckdb.connect(str(settings.raw_file)) as raw:
        raw.execute(
            "insert into raw_tieout.loads by name select 'load-2' as load_id, 'failed' as status, 'exports' as system, "
            "'crm_accounts' as table_name, timestamptz '2026-05-01 12:00:00+00' as loaded_at"
        )
    assert read_variables(settings)["business_day"] == "2026-03-31"


def test_variables_name_only_configured_systems_and_their_columns(settings: Settings) -> None:
    with duckdb.connect(str(settings.raw_file)) as raw:
        raw.execute("create schema raw_gone; create table raw_gone.deals (source_id varchar)")
    variables = read_variables(settings)
    assert variables["raw_tables"] == {
        "exports": {"crm_accounts": ["source_id", "account_id", "name", "load_id", "valid_from", "valid_to"]}
    }
    assert variables["systems"] == [
        {"name": "exports", "source": "template", "precedence": 0, "url": None, "custom_fields": {}}
    ]
    assert json.loads(json.dumps(variables)) == variables


def test_without_a_finished_load_there_is_nothing_to_build(settings: Settings) -> None:
    with duckdb.connect(str(settings.raw_file)) as raw:
        raw.execute("update raw_tieout.loads set status = 'failed'")
    with pytest.raises(SettingsError, match="no finished load"):
        read_variables(settings)


def test_a_damaged_raw_file_is_named(settings: Settings) -> None:
    settings.raw_file.write_bytes(b"not a database" * 1000)
    with pytest.raises(SettingsError, match=r"raw\.duckdb cannot be opened"):
        read_variables(settings)


def test_a_decision_replaces_the_seed_of_its_name_and_systems_are_added(
    settings: Settings, dbt_project: Path, tmp_path: Path
) -> None:
    settings.decisions_folder.mkdir()
    (settings.decisions_folder / "teams.csv").write_text("user,team\nbo,delivery\n")
    (settings.decisions_folder / "systems.csv").write_text("system,role\nledger,accounting\n")
    compose_project(settings, tmp_path / "composed", dbt_project)
    seeds = tmp_path / "composed" / "seeds"
    assert (seeds / "teams.csv").read_text() == "user,team\nbo,delivery\n"
    assert (seeds / "systems.csv").read_text() == "system,role\nexports,crm\nledger,accounting\n"
    assert (dbt_project / "seeds/teams.csv").read_text() == "user,team\nana,sales\n"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("temas.csv", "user,team\n", r"replaces no seed.*systems\.csv, teams\.csv"),
        ("teams.csv", "user,squad\n", "must have the columns user,team; it has user,squad"),
        ("teams.csv", "", "is empty"),
    ],
)
def test_a_decision_that_fits_no_seed_is_refused(
    settings: Settings, dbt_project: Path, tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    settings.decisions_folder.mkdir()
    (settings.decisions_folder / name).write_text(text)
    with pytest.raises(SettingsError, match=sentence):
        compose_project(settings, tmp_path / "composed", dbt_project)


def test_old_builds_are_forgotten_but_for_the_published_one_and_the_developers(settings: Settings) -> None:
    days = ("20251231T000000Z-a", "20260101T000000Z-a", "20260102T000000Z-a", "20260103T000000Z-a")
    for name in (*days, DEVELOPMENT):
        (settings.build_folder / name).mkdir(parents=True)
    settings.warehouse_link.symlink_to("snapshots/20251231T000000Z-a.duckdb")
    building._prune(settings)
    assert sorted(folder.name for folder in settings.build_folder.iterdir()) == [
        "20251231T000000Z-a",
        "20260102T000000Z-a",
        "20260103T000000Z-a",
        "dev",
    ]


def test_names_of_builds_sort_by_time_and_never_repeat() -> None:
    earlier, later = (datetime(2026, 3, 31, 9, minute, tzinfo=UTC) for minute in (5, 10))
    assert new_id(earlier).startswith("20260331T090500Z-")
    assert new_id(earlier) < new_id(later)
    assert len({new_id(later) for _ in range(100)}) == 100
