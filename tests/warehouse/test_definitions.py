"""A metric says what it must, in words that are known, or the build fails with a sentence."""

import copy
import json
from typing import Any

import pytest

from warehouse.connect import Warehouse
from warehouse.definitions import REQUIRED, Definitions


@pytest.fixture(scope="module")
def manifest(sample: Warehouse) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(sample.semantic_manifest.read_text())
    return told


def faults_of(manifest: dict[str, Any], metric: str, **changes: Any) -> list[str]:
    """What is wrong after a metric's label, description or meta is changed."""
    told = copy.deepcopy(manifest)
    definition = next(each for each in told["metrics"] if each["name"] == metric)
    for key, value in changes.items():
        (definition if key in definition else definition["config"]["meta"])[key] = value
    return Definitions(told).faults()


def test_the_sample_firms_metrics_are_complete(manifest: dict[str, Any]) -> None:
    assert Definitions(manifest).faults() == []


@pytest.mark.parametrize("key", ["label", "description", *REQUIRED])
def test_a_metric_without_it_is_a_fault(key: str, manifest: dict[str, Any]) -> None:
    assert f"The metric sold_revenue has no {key}: add it to its YAML." in faults_of(
        manifest, "sold_revenue", **{key: None}
    )


@pytest.mark.parametrize("key", [key for key, words in REQUIRED.items() if words])
def test_a_word_that_nobody_knows_is_a_fault_that_names_those_that_are_known(
    key: str, manifest: dict[str, Any]
) -> None:
    [sentence, *_] = faults_of(manifest, "sold_revenue", **{key: "other"})
    assert f"says {key}: other. Known are {', '.join(REQUIRED[key])}." in sentence


def test_a_comparison_belongs_to_no_single_system(manifest: dict[str, Any]) -> None:
    assert "if and only if it is a comparison" in faults_of(manifest, "wip_amount", system_of_record="psa")[0]
    assert "if and only if it is a comparison" in faults_of(manifest, "sold_revenue", kind="comparison")[0]


def test_a_metric_has_the_attributes_of_its_engagement_and_its_own(manifest: dict[str, Any]) -> None:
    assert Definitions(manifest).metrics["sold_revenue"].dimension_names == (
        "engagement_id", "client", "parent_client", "legal_entity", "practice", "contract_type", "project_manager",
        "project_status", "deal_owner", "revenue_type", "sold_role",
    )  # fmt: skip


def test_every_dimension_says_what_it_is_in_one_way_only(manifest: dict[str, Any]) -> None:
    for metric in Definitions(manifest).metrics.values():
        assert [d.name for d in metric.dimensions if not d.description and d.name != "engagement_id"] == []
        assert len(set(metric.dimension_names)) == len(metric.dimensions)
