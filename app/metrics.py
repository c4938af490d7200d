"""The only door to numbers: a question and a scope → app/questions/<question>.sql on the warehouse → a small frame.

Pages ask here and nowhere else. Every sum, share and running total is made by the question's SQL over published names
(schemas semantic, marts, canonical, seeds); answers are Arrow tables with exact decimals, cached by the snapshot they
were read from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import streamlit as st

from warehouse.connect import Warehouse, open_warehouse
from warehouse.settings import find_home

QUESTIONS = Path(__file__).parent / "questions"
BRIDGES = {
    "sold_to_planned": ("sold_revenue", "planned_revenue"),
    "planned_to_billed": ("planned_revenue", "billed_revenue"),
    "billed_to_recognized": ("billed_revenue", "recognized_revenue"),
    "billed_to_collected": ("billed_revenue", "collected_cash"),
}
DIMENSIONS = ("client", "practice", "legal_entity", "project_manager", "contract_type")
SHOWN_RECORDS = 40
SHOWN_EVENTS = 300
SHOWN_EXCEPTIONS = 40
EXPORTED_RECORDS = 100_000
CONSOLE_ROWS = 5_000
CONSOLE_SECONDS = 20.0


@dataclass(frozen=True)
class Scope:
    """What a page is about: one snapshot, the day asked about, the period's first day, and the engagements left.

    `engagement_ids` None is every engagement; `filters` is how the choice reads to a person, `parameters` how it
    stands in the URL.
    """

    warehouse: Warehouse
    as_of: date
    since: date
    engagement_ids: tuple[str, ...] | None
    filters: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def opening(self) -> date:
        """The day before the period: a period includes its first and its last day."""
        return self.since - timedelta(days=1)

    @property
    def notes(self) -> dict[str, str]:
        """What stands beside every export."""
        return {
            "as_of": self.as_of.isoformat(),
            "filters": self.filters,
            "snapshot": self.warehouse.snapshot_id,
        }


def published() -> Warehouse:
    """The snapshot that is published now. Raises SettingsError where there is none."""
    return open_warehouse(find_home())


def business_day(warehouse: Warehouse) -> date:
    """The day that is today in the warehouse: of its newest load, never of the clock."""
    return date.fromisoformat(warehouse.manifest["business_day"])


def choices(warehouse: Warehouse) -> dict[str, list[str]]:
    """Each dimension's values, in order; '' where it is not set on some engagement."""
    found: dict[str, list[str]] = {dimension: [] for dimension in DIMENSIONS}
    for row in _answer(warehouse, "choices").to_pylist():
        found[row["dimension"]].append(row["choice"])
    return {dimension: sorted(set(values), key=str.casefold) for dimension, values in found.items()}


def first_day(warehouse: Warehouse) -> date:
    """The first day on which anything counts; the business day where nothing ever did."""
    found: date | None = _answer(warehouse, "days").to_pylist()[0]["first_day"]
    return found or business_day(warehouse)


def engagement_ids(warehouse: Warehouse, chosen: dict[str, list[str]]) -> tuple[str, ...] | None:
    """The engagements with one of the chosen values in each dimension; None where nothing is chosen."""
    if not any(chosen.values()):
        return None
    values = {dimension: tuple(chosen.get(dimension, ())) for dimension in DIMENSIONS}
    return tuple(_answer(warehouse, "engagement_ids", **values).column("engagement_id").to_pylist())


def figures(scope: Scope) -> pa.Table:
    """Sold, planned, billed, recognised, collected: metric, label, system_of_record, amount, change_amount."""
    return _ask(scope, "figures")


def bridge_ends(scope: Scope, bridge: str, moving: bool = False) -> dict[str, Any]:
    """start_amount, end_amount, steps_amount, ties, is_available. `moving`: of the gap, over the scope's period."""
    row: dict[str, Any] = _ask(scope, "movement_ends" if moving else "bridge_ends", bridge=bridge).to_pylist()[0]
    return row


def bridge_steps(scope: Scope, bridge: str, moving: bool = False, shown: int | None = None) -> pa.Table:
    """One row per driver and class: label, amount, driver_amount, from_amount, to_amount, item_count.

    `shown` (not for movements): only so many drivers by themselves, the others together as one step.
    """
    return _ask(scope, "movement_steps" if moving else "bridge_steps", bridge=bridge, shown=shown)


def driver(scope: Scope, bridge: str, name: str) -> dict[str, Any]:
    """The driver's sentence, formula, owner_role, where it is mended, class and SLA."""
    row: dict[str, Any] = _ask(scope, "driver", bridge=bridge, driver=name).to_pylist()[0]
    return row


def step_engagements(scope: Scope, bridge: str, name: str, moving: bool = False) -> pa.Table:
    """The engagements behind a step, one row per engagement and class, the largest first."""
    opening = scope.opening if moving else None
    return _ask(scope, "step_engagements", bridge=bridge, driver=name, opening=opening)


def step_records(
    scope: Scope, bridge: str, name: str, engagement: str | None, moving: bool = False, limit: int = SHOWN_RECORDS
) -> pa.Table:
    """The records behind a step: system, object, id, amount, dates, link; record_count and records_amount of all."""
    opening = scope.opening if moving else None
    return _ask(
        scope, "step_records", bridge=bridge, driver=name, engagement_id=engagement, opening=opening, limit=limit
    )


def look_first(scope: Scope, limit: int = 8) -> pa.Table:
    """Driver × client × practice × manager by share of all that needs action, the largest first."""
    return _ask(scope, "look_first", limit=limit)


def engagements(scope: Scope) -> pa.Table:
    """engagement_id, engagement_name, client; the largest first."""
    return _ask(scope, "engagements")


def engagement(scope: Scope, name: str) -> dict[str, Any]:
    """One engagement's row of dim_engagements."""
    row: dict[str, Any] = _ask(scope, "engagement", engagement_id=name).to_pylist()[0]
    return row


def members(scope: Scope, name: str) -> pa.Table:
    """An engagement's deals and projects, with their links."""
    return _ask(scope, "members", engagement_id=name)


def running(scope: Scope, name: str) -> pa.Table:
    """An engagement's revenues as they ran: metric, label, day, amount."""
    return _ask(scope, "running", engagement_id=name)


def events(scope: Scope, name: str) -> pa.Table:
    """An engagement's events: lane, day, until_day, what, source, amount."""
    return _ask(scope, "events", engagement_id=name)


def backlog(scope: Scope, name: str) -> pa.Table:
    """An engagement's backlog roll-forward by month: opening + sold − billed = closing."""
    return _ask(scope, "backlog", engagement_id=name)


def freshness(warehouse: Warehouse) -> pa.Table:
    """Each system's newest load: loaded_at, rows read, loaded and quarantined, problem."""
    return _answer(warehouse, "freshness")


def quarantine(scope: Scope) -> pa.Table:
    """Rows that were read and not loaded: file, line, column, value, reason."""
    return _ask(scope, "quarantine", limit=EXPORTED_RECORDS)


def today_totals(scope: Scope) -> pa.Table:
    """The questions of a morning in one line each: question, engagement_count, row_count, amount, hours."""
    return _ask(scope, "today_totals")


def today(scope: Scope, question: str | None = None) -> pa.Table:
    """The answers to one of them (None: to all): engagement, detail, amount, hours, since, and the record's link."""
    return _ask(scope, "today", asked=question)


def exceptions(scope: Scope, owner_role: str | None = None, limit: int = EXPORTED_RECORDS) -> pa.Table:
    """What waits for a person on the day, the gravest first: title, owner_role, where_to_fix, amount, age_days."""
    return _ask(scope, "exceptions", owner_role=owner_role, limit=limit)


def exception_owners(scope: Scope) -> pa.Table:
    """How much waits for whom: owner_role, exception_count, high_count, amount, oldest_days, median_days."""
    return _ask(scope, "exception_owners")


def ownership(scope: Scope) -> pa.Table:
    """Who owns which field: category, table, field, owner system, team, where to fix, review due on."""
    return _ask(scope, "ownership")


def breaches(scope: Scope) -> pa.Table:
    """Breaches of ownership up to the day, the newest first, with before, after, who and where to fix."""
    return _ask(scope, "breaches")


def breach_rules(scope: Scope) -> pa.Table:
    """How often each rule is broken on the day: label, severity, why it matters, breach_count, amount."""
    return _ask(scope, "breach_rules")


def duplicates(scope: Scope) -> pa.Table:
    """Records that may be one, with score and evidence; a person decides."""
    return _ask(scope, "duplicates")


def handovers(scope: Scope) -> pa.Table:
    """Won deals that delivery cannot start or has not got, with what they lack."""
    return _ask(scope, "handovers")


def ledger_entities(scope: Scope) -> pa.Table:
    """Per legal entity: months compared and tied, what does not tie."""
    return _ask(scope, "ledger_entities")


def ledger_ties(scope: Scope) -> pa.Table:
    """Per legal entity, account, currency and month: ours, the ledger's, the difference and what it could be."""
    return _ask(scope, "ledger_ties")


def parallel_run(scope: Scope) -> pa.Table:
    """Two ledgers side by side: in both, differing, only in the one, only in the other."""
    return _ask(scope, "parallel_run")


def reported_months(scope: Scope) -> pa.Table:
    """The months that were closed, the newest first: month, closed_at, reason, moved_count."""
    return _ask(scope, "reported_months")


def reported_figures(scope: Scope, month: date) -> pa.Table:
    """A closed month's revenues as told, as they are now, and the difference; in the month, and to its end."""
    return _ask(scope, "reported_figures", month=month)


def restated_drivers(scope: Scope, month: date) -> pa.Table:
    """Which drivers of which bridges moved at the end of a closed month."""
    return _ask(scope, "restated_drivers", month=month)


def restated_records(scope: Scope, month: date) -> pa.Table:
    """The records that moved a closed month since it was told."""
    return _ask(scope, "restated_records", month=month)


def metric_catalog(scope: Scope) -> pa.Table:
    """The catalogue: one row per metric, with its definition, owner, unit, version and SQL."""
    return _ask(scope, "metric_catalog")


def tables(scope: Scope) -> pa.Table:
    """What SQL can ask for: schema, relation, column, type and their comments."""
    return _ask(scope, "tables")


def console(scope: Scope, sql: str) -> pa.Table:
    """The answer to an analyst's own SELECT, at most CONSOLE_ROWS rows and one more. Raises QueryError."""
    # The text is the analyst's query itself; the connection can read this snapshot and nothing else.
    limited = f"from (\n{sql.strip().rstrip(';')}\n) limit {CONSOLE_ROWS + 1}"
    return scope.warehouse.query(limited, seconds=CONSOLE_SECONDS)


def _ask(scope: Scope, question: str, **parameters: Any) -> pa.Table:
    """The answer to a question in a scope; a question takes of the scope what its SQL names."""
    known = {
        "as_of": scope.as_of,
        "opening": scope.opening,
        "engagement_ids": scope.engagement_ids,
        **parameters,
    }
    named = {name: value for name, value in known.items() if name in _names(question)}
    return _answer(scope.warehouse, question, **named)


def _answer(warehouse: Warehouse, question: str, **parameters: Any) -> pa.Table:
    return _cached_answer(warehouse.snapshot_id, question, tuple(sorted(parameters.items())), warehouse)


@st.cache_data(max_entries=3_000, show_spinner=False)
def _cached_answer(
    snapshot: str, question: str, parameters: tuple[tuple[str, Any], ...], _warehouse: Warehouse
) -> pa.Table:
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in parameters}
    return _warehouse.query(_sql(question), values or None)


@cache
def _sql(question: str) -> str:
    return (QUESTIONS / f"{question}.sql").read_text(encoding="utf-8")


@cache
def _names(question: str) -> frozenset[str]:
    """The parameters that a question's SQL names."""
    return frozenset(re.findall(r"\$([a-z_]+)", _sql(question)))
