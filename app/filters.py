"""What every page starts with: title, date, period, filters, freshness → metrics.Scope.

All of it lives in the URL (`bind="query-params"`), so that a view is saved by its address. A value in the URL counts
only if it is one of the choices that the warehouse itself has; Streamlit drops any other.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import streamlit as st

from app import formats, metrics
from warehouse.connect import SettingsError, Warehouse

LABELS = {
    "client": "Client",
    "practice": "Practice",
    "legal_entity": "Legal entity",
    "project_manager": "Project manager",
    "contract_type": "Contract type",
}
STYLE = Path(__file__).parent / "style.css"


def show(title: str) -> None:
    """Draw the page's head, for all pages alike, and keep what was asked for as `current()`.

    It is drawn by app/main.py: a widget of a page of its own would forget its value on the way to the next page.
    Stops with a sentence where nothing is published.
    """
    st.html(STYLE)
    try:
        warehouse = metrics.published()
    except SettingsError as problem:
        st.html(f'<h1 class="t-title">{formats.attribute(title)}</h1>')
        st.text(str(problem))
        st.stop()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.html(f'<h1 class="t-title">{formats.attribute(title)}</h1>', width="stretch")
        as_of, since = _dates(warehouse)
        chosen = _choices(warehouse)
    told = _told(chosen)
    st.html(_status(warehouse, told))
    st.session_state.scope = metrics.Scope(
        warehouse, as_of, since, metrics.engagement_ids(warehouse, chosen), told, _parameters(chosen)
    )


def current() -> metrics.Scope:
    """What this run of the page is about."""
    scope: metrics.Scope = st.session_state.scope
    return scope


def choose(key: str, options: Sequence[str], default: str) -> None:
    """Let the URL's `key` set the widget of that key, if it names one of the options; else the default.

    For widgets whose options read otherwise than they are called: `bind` would put the reading into the URL.
    """
    if st.session_state.get(key) not in options:
        wanted = st.query_params.get(key)
        st.session_state[key] = wanted if wanted in options else default


def keep(key: str) -> None:
    """Put the widget's value into the URL, after `choose`."""
    st.query_params[key] = st.session_state[key]


def _parameters(chosen: dict[str, list[str]]) -> tuple[tuple[str, str], ...]:
    """The filters as they stand in the URL, for links to other pages."""
    dates = [(key, st.query_params[key]) for key in ("as_of", "since") if st.query_params.get(key)]
    return (*dates, *((dimension, _choice(value)) for dimension, values in chosen.items() for value in values))


def _dates(warehouse: Warehouse) -> tuple[date, date]:
    """The day asked about and the first day of the period: a month that ends on it, unless another is chosen."""
    today, first = metrics.business_day(warehouse), metrics.first_day(warehouse)
    as_of = st.date_input(
        "As of", value=today, min_value=min(first, today), max_value=today, key="as_of", format="YYYY-MM-DD",
        width=140, bind="query-params",
    )  # fmt: skip
    since = st.date_input(
        "Since", value=None, min_value=min(first, today), max_value=today, key="since", format="YYYY-MM-DD",
        width=140, bind="query-params", help="First day of the period; empty: a month.",
    )  # fmt: skip
    return as_of, min(since or month_before(as_of), as_of)


def month_before(day: date) -> date:
    """The first day of the month-long period that ends on `day`: 31 Aug → 1 Aug, 15 Mar → 16 Feb."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    last = calendar.monthrange(year, month)[1]
    if day.day == calendar.monthrange(day.year, day.month)[1]:
        return date(year, month, last) + timedelta(days=1)
    return date(year, month, min(day.day, last)) + timedelta(days=1)


def _choices(warehouse: Warehouse) -> dict[str, list[str]]:
    """What is chosen in each dimension; nothing chosen is no filter."""
    known = metrics.choices(warehouse)
    active = sum(1 for name in LABELS if st.session_state.get(name) or st.query_params.get(name))
    chosen: dict[str, list[str]] = {}
    with st.popover(f"Filters · {active}" if active else "Filters", key="filters", width="content"):
        for dimension, label in LABELS.items():
            chosen[dimension] = st.multiselect(
                label, known[dimension], key=dimension, format_func=_choice, bind="query-params", placeholder="All"
            )
    return chosen


def _choice(value: str) -> str:
    return formats.revealed(value) or "Not set"


def _told(chosen: dict[str, list[str]]) -> str:
    """The filters as a person reads them: Practice: Data, Cloud; Client: Harbor."""
    return "; ".join(
        f"{LABELS[dimension]}: {', '.join(map(_choice, values))}" for dimension, values in chosen.items() if values
    )


def _status(warehouse: Warehouse, told: str) -> str:
    """The line under every title: how fresh the data is, whether it passed its checks, what is filtered."""
    manifest = warehouse.manifest
    fresh = metrics.freshness(warehouse).to_pylist()
    loads = [row["loaded_at"] for row in fresh if row["loaded_at"] is not None]
    parts = [formats.attribute(manifest["reporting_currency"])]
    if loads:
        oldest = formats.moment(min(loads), manifest["business_time_zone"])
        parts.append(f"{len(fresh)} systems, data to <b>{oldest}</b>")
    failed = [row["system"] for row in fresh if row["problem"]]
    if failed:
        parts.append(f'<span class="t-bad">last load failed: {formats.escape(", ".join(failed))}</span>')
    parts.append(_checks(manifest))
    if told:
        parts.append(f"only <b>{formats.escape(told)}</b>")
    return f'<p class="t-status">{" · ".join(parts)}</p>'


def _checks(manifest: dict[str, Any]) -> str:
    results = [*manifest["checks"].values(), *manifest["tests"].values()]
    passed = sum(1 for result in results if result == "pass")
    if passed == len(results):
        return f'<span class="t-ok">{passed:,} checks passed</span>'
    return f'<span class="t-bad">{len(results) - passed:,} of {len(results):,} checks not passed</span>'
