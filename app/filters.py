"""What every page starts with: title, date, period, filters, freshness → metrics.Scope.

All of it lives in the URL, so that a view is saved by its address. A value in the URL counts only if it is one of the
choices that the warehouse itself has; any other is dropped. (Streamlit's own `bind` loses values on the way to another
page, and puts what a person reads into the URL where the name belongs.)
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
        warehouse, as_of, since, metrics.engagement_ids(warehouse, chosen), told, _parameters()
    )


def current() -> metrics.Scope:
    """What this run of the page is about."""
    scope: metrics.Scope = st.session_state.scope
    return scope


def choose(key: str, options: Sequence[str], default: str) -> None:
    """Give the widget of that key its first value: what the URL says if that is an option, else the default."""
    if st.session_state.get(key) not in options:
        wanted = st.query_params.get(key)
        st.session_state[key] = wanted if wanted in options else default


def keep(key: str, default: str | None = None) -> None:
    """Put the widget's one value into the URL; a default stays out of it."""
    value = st.session_state[key]
    _to_url(key, [] if value in (None, default) else [value])


def _to_url(key: str, values: Sequence[str]) -> None:
    """Make the URL say these values of the key, and nothing where there are none."""
    if st.query_params.get_all(key) != list(values):
        if values:
            st.query_params[key] = list(values)
        else:
            del st.query_params[key]


def _dates(warehouse: Warehouse) -> tuple[date, date]:
    """The day asked about and the first day of the period: a month that ends on it, unless another is chosen."""
    today = metrics.business_day(warehouse)
    first = min(metrics.first_day(warehouse), today)
    for key, default in (("as_of", today), ("since", None)):
        day = st.session_state.get(key, _day_in_url(key))
        st.session_state[key] = day if day and first <= day <= today else default
    as_of: date = st.date_input("As of", min_value=first, max_value=today, key="as_of", format="YYYY-MM-DD", width=140)
    since: date | None = st.date_input(
        "Since", min_value=first, max_value=today, key="since", format="YYYY-MM-DD", width=140,
        help="First day of the period; empty: a month.",
    )  # fmt: skip
    _to_url("as_of", [] if as_of == today else [as_of.isoformat()])
    _to_url("since", [since.isoformat()] if since else [])
    return as_of, min(since or month_before(as_of), as_of)


def _parameters() -> tuple[tuple[str, str], ...]:
    """The head's choices as they stand in the URL, for links to other pages."""
    return tuple((key, value) for key in ("as_of", "since", *LABELS) for value in st.query_params.get_all(key))


def _day_in_url(key: str) -> date | None:
    """The URL's day, if it is one."""
    try:
        return date.fromisoformat(st.query_params.get(key, ""))
    except ValueError:
        return None


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
    for name in LABELS:
        wanted = st.session_state.get(name, st.query_params.get_all(name))
        st.session_state[name] = [value for value in wanted if value in known[name]]
    active = sum(1 for name in LABELS if st.session_state[name])
    chosen: dict[str, list[str]] = {}
    with st.popover(f"Filters · {active}" if active else "Filters", key="filters", width="content"):
        for name, label in LABELS.items():
            chosen[name] = st.multiselect(label, known[name], key=name, format_func=_choice, placeholder="All")
            _to_url(name, chosen[name])
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
        parts.append(f"{len(fresh)} system{'' if len(fresh) == 1 else 's'}, data to <b>{oldest}</b>")
    failed = [row["system"] for row in fresh if row["problem"]]
    if failed:
        parts.append(f'<span class="t-bad">last load failed: {formats.escape(", ".join(failed))}</span>')
    parts.append(_checks(manifest))
    set_aside = sum(row["rows_quarantined"] or 0 for row in fresh)
    if set_aside:
        href = formats.attribute(formats.page_url("trust", [], section="Data"))
        parts.append(f'<a href="{href}">{set_aside:,} row{"" if set_aside == 1 else "s"} set aside</a>')
    if told:
        parts.append(f"only <b>{formats.escape(told)}</b>")
    return f'<p class="t-status">{" · ".join(parts)}</p>'


def _checks(manifest: dict[str, Any]) -> str:
    results = [*manifest["checks"].values(), *manifest["tests"].values()]
    passed = sum(1 for result in results if result == "pass")
    if passed == len(results):
        return f'<span class="t-ok">{passed:,} checks passed</span>'
    return f'<span class="t-bad">{len(results) - passed:,} of {len(results):,} checks not passed</span>'
