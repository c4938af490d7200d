"""Raw tables are dbt's sources: each home's own, described, and as fresh as their newest finished load."""

import json
from pathlib import Path

import duckdb
import pytest
import yaml

from warehouse.build import run_tool
from warehouse.errors import SettingsError
from warehouse.project import DBT_PROJECT, SOURCES, declare_sources, read_variables
from warehouse.settings import Settings

# The days since the newest finished load of each table. systems.csv allows 2; twice as many are an error.
LOADED = {"crm_accounts": 1, "crm_deals": 3, "psa_projects": 5}


@pytest.fixture
def dbt_project(tmp_path: Path) -> Path:
    """The repository's sources and its register of systems, without models."""
    folder = tmp_path / "dbt_project"
    names = ["dbt_project.yml", "profiles.yml", "macros/relations.sql", "models/_groups.yml"]
    for name in [*names, "models/staging/_raw_tieout.yml", "seeds/systems.csv"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text((DBT_PROJECT / name).read_text())
    return folder


def load(settings: Settings, table: str, days_ago: int, status: str = "finished") -> None:
    """Say that a table of `exports` was loaded so many days ago; it holds nothing."""
    with duckdb.connect(str(settings.raw_file)) as raw:
        raw.execute(f"create table if not exists raw_exports.{table} (source_id varchar)")
        raw.execute(
            "insert into raw_tieout.loads by name select 'load' as load_id, 'exports' as system, 'template' as source, "
            "$table as table_name, now() - to_days($days_ago) as loaded_at, $status as status",
            {"table": table, "days_ago": days_ago, "status": status},
        )


def test_a_source_is_as_fresh_as_its_newest_finished_load(settings: Settings, dbt_project: Path) -> None:
    with duckdb.connect(str(settings.raw_file)) as raw:
        raw.execute("delete from raw_tieout.loads")
    for table, days_ago in LOADED.items():
        load(settings, table, days_ago + 30)
        load(settings, table, days_ago)
    load(settings, "psa_projects", 0, status="failed")
    assert run_tool(settings, "dbt", ["source", "freshness"], dbt_project=dbt_project) == 1, "one is too old"
    told = json.loads((settings.build_folder / "dev/project/target/sources.json").read_text())["results"]
    assert {result["unique_id"].removeprefix("source.tieout."): result["status"] for result in told} == {
        "raw_exports.crm_accounts": "pass",  # 1 day
        "raw_exports.crm_deals": "warn",  # 3 days: more than 2
        "raw_exports.psa_projects": "error",  # 5 days: more than 2 x 2, and the newest load failed
        "raw_tieout.loads": "pass",
    }


def test_sources_are_the_homes_own_tables_in_the_words_of_its_register(settings: Settings, dbt_project: Path) -> None:
    load(settings, "nobody_knows_this", 0)
    declare_sources(dbt_project, read_variables(settings))
    [source] = yaml.safe_load((dbt_project / SOURCES).read_text())["sources"]
    assert (source["name"], source["database"], source["schema"]) == ("raw_exports", "raw", "raw_exports")
    known, unknown = source["tables"]
    assert known["description"] == "Clients as sales knows them. One row per record and version."
    assert known["config"]["freshness"]["warn_after"] == {"count": 2, "period": "day"}
    assert unknown == {"name": "nobody_knows_this"}


def test_a_build_may_be_worked_on_only_once_something_is_loaded(settings: Settings, dbt_project: Path) -> None:
    settings.raw_file.unlink()
    with pytest.raises(SettingsError, match="Run `tieout load` first"):
        run_tool(settings, "dbt", ["parse"], dbt_project=dbt_project)
