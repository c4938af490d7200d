"""Who may read which model, and what is promised of those that are published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dbt.cli.main import dbtRunner
from dbt.exceptions import DbtReferenceError

from warehouse.project import DBT_PROJECT

Models = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def manifest(trust_home: Path) -> dict[str, Any]:
    """dbt's manifest of the whole project, as a build of a small firm left it."""
    file = trust_home / "build" / "dev" / "project" / "target" / "manifest.json"
    told: dict[str, Any] = json.loads(file.read_text())
    return told


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> Models:
    """Every model by name."""
    found = {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    assert len(found) > 150
    return found


def of_layer(models: Models, *layers: str) -> Models:
    """The models in these folders of models/."""
    return {name: model for name, model in models.items() if model["path"].split("/")[0] in layers}


def test_what_is_published_is_public_and_under_an_enforced_contract(models: Models) -> None:
    published = of_layer(models, "canonical", "marts")
    assert {name for name, model in models.items() if model["access"] == "public"} == set(published)
    assert [name for name, model in published.items() if not model["config"]["contract"]["enforced"]] == []
    assert {model["schema"] for model in published.values()} == {"canonical", "marts"}


def test_every_published_model_and_column_says_what_it_is(models: Models) -> None:
    published = of_layer(models, "canonical", "marts")
    assert [name for name, model in published.items() if not model["description"]] == []
    columns = [(name, column) for name, model in published.items() for column in model["columns"].values()]
    assert len(columns) > 1000
    assert [(name, told["name"]) for name, told in columns if not told["description"] or not told["data_type"]] == []


def test_intermediate_models_are_private_to_the_marts(models: Models) -> None:
    inner = of_layer(models, "intermediate")
    assert {(model["access"], model["group"]) for model in inner.values()} == {("private", "marts")}
    assert {model["group"] for model in of_layer(models, "marts").values()} == {"marts"}


def test_vendors_models_are_private_to_the_connectors_but_for_earlier_versions(models: Models) -> None:
    outer = of_layer(models, "staging", "canonical")
    assert {model["group"] for model in outer.values()} == {"connectors"}
    shared = {name for name, model in outer.items() if model["access"] == "protected"}
    assert shared and all(name.endswith("_versions") for name in shared)
    assert {model["access"] for name, model in of_layer(models, "staging").items() if name not in shared} == {"private"}


def test_every_raw_table_is_a_source_that_something_reads(manifest: dict[str, Any]) -> None:
    read = {node for each in manifest["nodes"].values() for node in each["depends_on"].get("nodes", [])}
    sources = {key: told for key, told in manifest["sources"].items() if told["source_name"] != "raw_tieout"}
    assert len(sources) > 30
    assert [key for key in sources if key not in read] == []
    assert [key for key, told in sources.items() if not told["description"] or not told["freshness"]] == []


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with the repository's groups, and one model in each layer."""
    files = {
        "models/staging/stg_psa__things.sql": "select 1 as thing_id",
        "models/canonical/psa_things.sql": "select thing_id from {{ ref('stg_psa__things') }}",
        "models/intermediate/int_things.sql": "select thing_id from {{ ref('psa_things') }}",
        "models/marts/fct_things.sql": "select thing_id from {{ ref('int_things') }}",
    }
    for name in ("dbt_project.yml", "profiles.yml", "models/_groups.yml"):
        files[name] = (DBT_PROJECT / name).read_text()
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def parse(project: Path) -> BaseException | None:
    """What dbt says against the project."""
    place = ["--project-dir", str(project), "--profiles-dir", str(project), "--log-path", str(project / "logs")]
    return dbtRunner().invoke(["--quiet", "parse", "--no-partial-parse", *place]).exception


EXPOSURE = """
exposures:
  - {name: page, type: application, owner: {name: finance}, depends_on: [ref('%s')]}
"""
OUTSIDE = {
    "a page": ("models/page.yml", EXPOSURE % "int_things", "int_things"),
    "a canonical model": ("models/canonical/psa_more.sql", "select * from {{ ref('int_things') }}", "int_things"),
    "a mart": ("models/marts/fct_more.sql", "select * from {{ ref('stg_psa__things') }}", "stg_psa__things"),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_dbt_refuses_whoever_reads_what_is_private_to_others(project: Path, name: str) -> None:
    file, text, private = OUTSIDE[name]
    (project / file).write_text(text)
    refused = parse(project)
    assert isinstance(refused, DbtReferenceError)
    assert f"model.tieout.{private}" in str(refused) and "is private to the" in str(refused)


def test_dbt_accepts_a_page_that_shows_a_mart(project: Path) -> None:
    (project / "models/page.yml").write_text(EXPOSURE % "fct_things")
    assert parse(project) is None
