"""A definition and its approval go together: an edit voids it, and one that keeps its version fails the build."""

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from warehouse.approvals import (
    COMPILED,
    LOCK,
    approve,
    entries,
    faults,
    fingerprint,
    keep,
    newest_target,
    read_lock,
)
from warehouse.connect import Warehouse
from warehouse.definitions import Definitions
from warehouse.errors import SettingsError
from warehouse.project import DBT_PROJECT
from warehouse.semantics import definitions_of
from warehouse.settings import REPOSITORY

MANIFEST: dict[str, Any] = {
    "semantic_models": [
        {
            "name": "sold",
            "primary_entity": "line",
            "entities": [],
            "dimensions": [],
            "defaults": {"agg_time_dimension": "metric_date"},
            "node_relation": {"schema_name": "marts", "alias": "fct_sold"},
            "measures": [{"name": "amount", "agg": "sum", "expr": "sold_amount"}],
        }
    ],
    "metrics": [
        {
            "name": "sold_revenue",
            "label": "Sold",
            "description": "Won deals.",
            "type": "simple",
            "type_params": {"measure": {"name": "amount"}, "expr": None, "metrics": []},
            "config": {"meta": {"kind": "fact", "definition_version": 1}},
        }
    ],
}
SQL, LINEAGE = "select 1", ["canonical.crm_deals.amount"]


def changed(**meta: Any) -> Definitions:
    """The definitions with another expression, and other words in the metric's meta."""
    manifest = copy.deepcopy(MANIFEST)
    manifest["semantic_models"][0]["measures"][0]["expr"] = "sold_amount * 2"
    manifest["metrics"][0]["config"]["meta"] |= meta
    return Definitions(manifest)


def fingerprints(definitions: Definitions, sql: str = SQL, lineage: list[str] = LINEAGE) -> dict[str, str]:
    return {name: fingerprint(metric, definitions, sql, lineage) for name, metric in definitions.metrics.items()}


ORIGINAL = Definitions(MANIFEST)
APPROVED = {
    "sold_revenue": {
        "version": 1,
        "fingerprint": fingerprints(ORIGINAL)["sold_revenue"],
        "approved_by": "Ada",
        "approved_on": date(2026, 3, 1),
    }
}


def test_what_is_as_approved_has_no_fault_and_says_who_approved_it() -> None:
    assert faults(ORIGINAL, fingerprints(ORIGINAL), APPROVED) == []
    told = entries(ORIGINAL, fingerprints(ORIGINAL), APPROVED)["sold_revenue"]
    assert (told["approved_by"], told["approved_on"]) == ("Ada", date(2026, 3, 1))


def test_a_changed_definition_of_the_same_version_is_a_fault_that_says_what_to_do() -> None:
    [sentence] = faults(changed(), fingerprints(changed()), APPROVED)
    assert "sold_revenue is not the one that Ada approved as version 1" in sentence
    assert "set definition_version to 2" in sentence
    assert "tieout approve sold_revenue --by NAME" in sentence


def test_a_changed_definition_of_a_new_version_is_built_but_not_approved() -> None:
    raised = changed(definition_version=2)
    assert faults(raised, fingerprints(raised), APPROVED) == []
    assert entries(raised, fingerprints(raised), APPROVED)["sold_revenue"]["approved_by"] is None


def test_a_new_version_of_an_unchanged_definition_is_a_fault() -> None:
    manifest = copy.deepcopy(MANIFEST)
    manifest["metrics"][0]["config"]["meta"]["definition_version"] = 2
    raised = Definitions(manifest)
    assert "nothing changed since version 1" in faults(raised, fingerprints(raised), APPROVED)[0]


def test_an_approval_of_a_metric_that_is_gone_is_a_fault() -> None:
    found = faults(ORIGINAL, fingerprints(ORIGINAL), APPROVED | {"profit": APPROVED["sold_revenue"]})
    assert found == [f"{LOCK} approves profit, which is no metric. Take it out."]


@pytest.mark.parametrize("what", ["measure", "sql", "lineage", "description"])
def test_a_fingerprint_covers_the_measure_the_sql_the_lineage_and_the_words(what: str) -> None:
    words = copy.deepcopy(MANIFEST)
    words["metrics"][0]["description"] = "Won deals, and lost ones."
    other = {
        "measure": fingerprints(changed()),
        "sql": fingerprints(ORIGINAL, sql="select 2"),
        "lineage": fingerprints(ORIGINAL, lineage=["canonical.psa_time_entries.hours"]),
        "description": fingerprints(Definitions(words)),
    }[what]
    assert other != fingerprints(ORIGINAL)


def test_a_fingerprint_does_not_depend_on_the_version_itself() -> None:
    manifest = copy.deepcopy(MANIFEST)
    manifest["metrics"][0]["config"]["meta"]["definition_version"] = 7
    assert fingerprints(Definitions(manifest)) == fingerprints(ORIGINAL)


def test_approving_writes_the_lock_and_keeps_the_sql(tmp_path: Path) -> None:
    target, compiled = tmp_path / "target", tmp_path / "compiled"
    target.mkdir()
    compiled.mkdir()
    (compiled / "profit.sql").write_text("select 0")
    keep(target, ORIGINAL, fingerprints(ORIGINAL), {"sold_revenue": SQL})
    assert approve(target, tmp_path, [], by="Ada", on=date(2026, 3, 1), compiled=compiled) == ["sold_revenue"]
    assert read_lock(tmp_path) == APPROVED
    assert {file.name: file.read_text() for file in compiled.iterdir()} == {"sold_revenue.sql": "select 1\n"}
    # again: there is nothing left to approve
    assert approve(target, tmp_path, [], by="Bob", on=date(2026, 4, 1), compiled=compiled) == []
    assert read_lock(tmp_path) == APPROVED


def test_approving_a_changed_definition_of_the_same_version_is_refused(tmp_path: Path) -> None:
    keep(tmp_path, ORIGINAL, fingerprints(ORIGINAL), {"sold_revenue": SQL})
    approve(tmp_path, tmp_path, [], by="Ada", on=date(2026, 3, 1), compiled=tmp_path / "compiled")
    keep(tmp_path, changed(), fingerprints(changed()), {"sold_revenue": SQL})
    with pytest.raises(SettingsError, match="its definition_version is still 1"):
        approve(tmp_path, tmp_path, [], by="Ada", on=date(2026, 4, 1), compiled=tmp_path / "compiled")


def test_approving_a_metric_that_no_build_has_is_refused(tmp_path: Path) -> None:
    keep(tmp_path, ORIGINAL, fingerprints(ORIGINAL), {"sold_revenue": SQL})
    with pytest.raises(SettingsError, match="no metric 'profit'"):
        approve(tmp_path, tmp_path, ["profit"], by="Ada", on=date(2026, 3, 1), compiled=tmp_path / "compiled")


def test_approving_before_a_build_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Run `tieout build` first"):
        newest_target(tmp_path)


# --- The repository's own -------------------------------------------------------------------------------------------


def test_every_metric_is_approved_as_it_stands(sample: Warehouse) -> None:
    unapproved = "select metric from semantic.metric_catalog where approved_by is null or approved_on is null"
    assert sample.query(unapproved).to_pylist() == []


def test_the_compiled_sql_of_every_metric_is_kept_in_git(sample: Warehouse) -> None:
    """A change of a meaning is a diff that can be read. Differs? Run `tieout build`, then `tieout approve`."""
    rows = sample.query("select metric, sql from semantic.metric_catalog").to_pylist()
    compiled = {row["metric"]: row["sql"] for row in rows}
    kept = {file.stem: file.read_text().removesuffix("\n") for file in COMPILED.glob("*.sql")}
    assert kept == compiled


def test_the_lock_is_in_the_order_of_the_definitions(sample: Warehouse) -> None:
    assert list(yaml.safe_load((DBT_PROJECT / LOCK).read_text())) == list(definitions_of(sample).metrics)


def test_a_raised_version_is_marked_in_the_changelog() -> None:
    """Whoever reads a number learns there that its meaning changed."""
    lock = read_lock(DBT_PROJECT)
    changelog = (REPOSITORY / "CHANGELOG.md").read_text()
    raised = {name for name, approval in lock.items() if approval["version"] > 1}
    assert {name for name in raised if f"numbers change: {name} {lock[name]['version']}" not in changelog} == set()
