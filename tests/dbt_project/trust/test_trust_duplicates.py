"""Records that may be one are proposed with a score and evidence, never merged; a decision ends the proposal."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Rows = list[tuple[Any, ...]]
MODEL = Path(__file__).parents[3] / "dbt_project" / "models" / "intermediate" / "trust" / "int_alike_clients.py"


@pytest.fixture(scope="module")
def names() -> ModuleType:
    """The dbt model that compares names, as a module."""
    spec = importlib.util.spec_from_file_location("int_alike_clients", MODEL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score(names: ModuleType, one: str, other: str) -> float:
    return float(names.similarity(names.normal_words(one), names.normal_words(other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Three Spellings Holdings, Inc.", "3 Spellings Holdings"),
        ("Three Spellings Holdings, Inc.", "Three Speling Holding"),
        ("Müller & Söhne GmbH", "MULLER AND SOHNE"),
        ("Acme\u200b Corp", "\u0410\u0441me Ltd"),  # a zero-width space; Cyrillic A and s
        ("Harbor Lighting", "Lighting Harbor LLC"),
        ("O'Brien Foods", "O\u2019Brien Foods Limited"),
    ],
)
def test_one_company_spelled_in_two_ways_is_alike(names: ModuleType, one: str, other: str) -> None:
    assert score(names, one, other) >= names.LEAST_SCORE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ravenna Plant 1", "Ravenna Plant 2"),
        ("Ravenna Plant One", "Ravenna Plant Two"),
        ("Kestrel Telecom", "Kestrel Foods"),
        ("Northbeam", "Northwind"),
        ("ABC Ltd", "ABD Ltd"),
    ],
)
def test_two_companies_with_something_in_common_are_not(names: ModuleType, one: str, other: str) -> None:
    assert score(names, one, other) < names.LEAST_SCORE


def test_names_that_are_alike_share_a_block_and_so_are_compared(names: ModuleType) -> None:
    ones, others = names.normal_words("Three Spellings Holdings, Inc."), names.normal_words("Three Speling Holding")
    assert names.blocks(ones) & names.blocks(others)


def test_a_name_that_is_only_a_legal_form_keeps_it(names: ModuleType) -> None:
    assert names.normal_words("The Company") == ["the", "company"]


def test_these_pairs_are_proposed_and_no_others(rows: Callable[[str], Rows]) -> None:
    """Not proposed: other numbers, a parent and its child, a decided pair, other tax registrations, another day,
    another text, another amount."""
    found = rows("select record_type, source_id, other_source_id, score from marts.fct_duplicate_candidates")
    assert {row[:3] for row in found} == {
        ("client", "A-zenith", "C-zenith"),
        ("client", "A-registered", "A-registered-too"),
        ("client", "C-astray", "C-tied-fine"),  # one tax registration
        ("project", "P-cloned", "P-cloned-too"),
        ("invoice", "I-3001", "I-3001"),
        ("invoice", "I-6001", "I-6002"),
        ("invoice", "I-71", "I-INV-0071"),
    }
    assert len(found) == 7
    assert all(80 <= row[3] <= 100 for row in found)


def test_a_pair_says_why(rows: Callable[[str], Rows]) -> None:
    evidence = dict(rows("select source_id, evidence from marts.fct_duplicate_candidates"))
    assert evidence["A-zenith"] == "same name once spelling and legal form are set aside"
    assert evidence["A-registered"] == "same tax registration US777"
    assert evidence["P-cloned"] == "same project code v-1"


def test_nothing_is_merged_by_itself(rows: Callable[[str], Rows]) -> None:
    found = rows("select client_id, other_client_id from marts.fct_duplicate_candidates where source_id = 'A-zenith'")
    assert found == [("crm:office:A-zenith", "psa:office:C-zenith")]
