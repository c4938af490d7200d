"""Each page of the app is an exposure that names just what it shows, so that lineage ends where people look.

What a page shows is read from its code: the questions it asks through app/metrics.py, the published tables, views and
macros in their SQL, the metrics that any of it names between quotes, and the bridges it draws: each from one metric to
another, and as long as a third.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cache

import pytest
import yaml

from app.metrics import BRIDGES
from warehouse.project import DBT_PROJECT
from warehouse.settings import REPOSITORY

APP = REPOSITORY / "app"
SEMANTIC = DBT_PROJECT / "models" / "semantic"
PAGES = sorted(file.stem for file in (APP / "views").glob("*.py"))
# The bar above every page (filters), and what only lays out or names things: no page's own numbers.
NO_NUMBERS = {"blocks", "charts", "filters", "formats", "metrics", "main"}
# Seeds that hold words, which an exposure does not name.
WORDS = {"ref('ownership')", "ref('variance_drivers')"}
DISTANCES = {
    "sold_to_planned": "planned_minus_sold",
    "planned_to_billed": "billed_minus_planned",
    "billed_to_recognized": "recognized_minus_billed",
    "billed_to_collected": "collected_minus_billed",
}
# What functions of app/metrics.py count out of tables, and the catalogue knows as a metric.
COUNTED = {
    "backlog": {"unbilled_backlog_amount"},
    "exception_owners": {"open_exception_count", "open_exception_amount"},
    "breach_rules": {"ownership_breach_count"},
    "duplicates": {"duplicate_record_count"},
}

EXPOSURES = {told["name"]: told for told in yaml.safe_load((SEMANTIC / "_exposures.yml").read_text())["exposures"]}
METRICS = {
    metric["name"]
    for file in SEMANTIC.glob("*.yml")
    for metric in yaml.safe_load(file.read_text()).get("metrics", [])
    if not metric["config"]["meta"].get("is_input")
}


@cache
def macros() -> dict[str, str]:
    """The SQL of each table macro of schema semantic."""
    text = (REPOSITORY / "warehouse" / "semantic_macros.sql").read_text()
    parts = re.split(r"create or replace macro semantic\.(\w+)\([^)]*\) as table", text)
    return {name: re.sub(r"--.*|'[^']*';", "", body) for name, body in zip(parts[1::2], parts[2::2], strict=True)}


@cache
def questions() -> dict[str, set[str]]:
    """The questions that each function of app/metrics.py asks, by the function's name."""
    tree = ast.parse((APP / "metrics.py").read_text())
    known = {file.stem for file in (APP / "questions").glob("*.sql")}
    return {
        function.name: {
            node.value for node in ast.walk(function) if isinstance(node, ast.Constant) and node.value in known
        }
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
    }


def code_of(page: str) -> list[str]:
    """The page's code, and that of the modules it takes numbers from."""
    found: dict[str, str] = {}
    waiting = [f"views/{page}"]
    while waiting:
        name = waiting.pop()
        found[name] = (APP / f"{name}.py").read_text()
        for line in re.findall(r"^from app import (.+)$", found[name], flags=re.MULTILINE):
            waiting += [module for module in line.split(", ") if module not in NO_NUMBERS | set(found)]
    return list(found.values())


def shown_by(page: str) -> set[str]:
    """What a page's questions read, and the metrics that they or its code name, as an exposure says it."""
    code = code_of(page)
    asked = {name for text in code for name in re.findall(r"\bmetrics\.(\w+)\(", text)}
    sql = [(APP / "questions" / f"{one}.sql").read_text() for name in asked for one in questions().get(name, ())]
    texts, waiting = set(code), sql
    while waiting:
        text = re.sub(r"--.*", "", waiting.pop())
        if text not in texts:
            texts.add(text)
            waiting += [macros()[name] for name in re.findall(r"\bsemantic\.(\w+)", text) if name in macros()]
    tables = {name for text in texts for name in re.findall(r"\b(?:marts|canonical|seeds)\.(\w+)", text)}
    views = {word for text in texts for word in re.findall(r"\bsemantic\.(\w+)", text)}
    named = views | quoted(texts) | {metric for name in asked for metric in COUNTED.get(name, ())}
    if asked & {"bridge_ends", "bridge_steps"}:
        drawn = BRIDGES if any("list(metrics.BRIDGES" in text for text in code) else BRIDGES.keys() & quoted(code)
        named |= {metric for bridge in drawn for metric in (*BRIDGES[bridge], DISTANCES[bridge])}
    named &= METRICS
    return {f"ref('{name}')" for name in tables} | {f"metric('{name}')" for name in named}


def quoted(texts: Iterable[str]) -> set[str]:
    """What stands between quotes."""
    return {word for text in texts for word in re.findall(r"['\"]([a-z_]+)['\"]", text)}


def test_every_page_has_an_exposure_and_every_exposure_a_page() -> None:
    assert sorted(EXPOSURES) == PAGES


@pytest.mark.parametrize("page", PAGES)
def test_an_exposure_names_just_what_its_page_shows(page: str) -> None:
    told = set(EXPOSURES[page].get("depends_on", []))
    shown = shown_by(page) - WORDS
    assert told == shown, f"to add: {sorted(shown - told)}; to take out: {sorted(told - shown)}"


def test_a_page_is_read_through_its_questions_macros_and_helpers() -> None:
    """The reading above finds what is a hop or two away: steps of bridges in a macro, Today's totals in a module."""
    assert {"ref('fct_variance_balances')", "metric('planned_minus_sold')"} <= shown_by("bridge")
    assert {"ref('fct_invoiceable')", "metric('invoiceable_amount')"} <= shown_by("overview")
    assert "metric('recognized_minus_billed')" not in shown_by("overview"), "it draws two bridges of four"
