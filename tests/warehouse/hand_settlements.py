"""Answers that need work and money to be settled line after line: the oracle's, which shares no code with the product.

firm, days -> three more tables for an analyst: `oracle_metrics` and `oracle_drivers` as of each day, `oracle_invoiced`
(on which day each time entry was first settled). by_hand/settled.sql reads them; tests/oracle holds the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from tests.oracle.engagements import Engagement
from tests.oracle.evaluate import all_engagements, evaluate
from tests.oracle.invoices import billed_in, fully_credited, stands
from tests.oracle.projects import PlanLine, of_engagement
from tests.oracle.records import ZERO, Firm
from tests.oracle.settlement import Settlement, Target, settle_line, targets_on
from tests.oracle.work import work_in

METRICS = (
    "wip_amount", "unapproved_amount", "written_off_amount", "receivables_amount", "overdue_receivables_amount",
    "disputed_receivables_amount", "bad_debt_amount", "collected_cash",
)  # fmt: skip
Rows = list[dict[str, Any]]


def add_settlements(connection: duckdb.DuckDBPyConnection, firm: Firm, days: Iterable[date], last: date) -> None:
    """Make the oracle's three tables on an analyst's connection."""
    metrics, drivers = standing(firm, days)
    for name, rows in (("metrics", metrics), ("drivers", drivers), ("invoiced", invoiced(firm, last))):
        connection.register(f"given_{name}", pa.Table.from_pylist(rows))
        connection.execute(f"create temp table oracle_{name} as from given_{name}")
        connection.unregister(f"given_{name}")


def standing(firm: Firm, days: Iterable[date]) -> tuple[Rows, Rows]:
    """As of each day: metrics by engagement; amounts by engagement, driver, reason given or not, and sign."""
    metrics: Rows = []
    drivers: Rows = []
    for day in days:
        answer = evaluate(firm, day)
        for engagement, values in answer.metrics.items():
            metrics.append({"day": day, "engagement_id": engagement} | {name: values[name] for name in METRICS})
        sums: dict[tuple[Any, ...], Decimal] = defaultdict(lambda: ZERO)
        for item in answer.items:
            sums[item.engagement, item.bridge, item.driver, item.has_reason, item.amount < 0] += item.amount
        names = ("engagement_id", "bridge", "driver", "has_reason", "is_negative")
        drivers += [{"day": day, **dict(zip(names, key, strict=True)), "amount": sums[key]} for key in sums]
    return metrics, drivers


def invoiced(firm: Firm, last: date) -> Rows:
    """One row per time entry that a line has settled, in whole or in part, by `last`: on which day the first did."""
    rows: Rows = []
    for engagement in all_engagements(firm).values():
        first: dict[str, date] = {}
        lines = [row for row in billed_in(firm, engagement) if row.invoice["invoice_date"] <= last]
        for day in sorted({row.invoice["invoice_date"] for row in lines}):
            for key in settled_on(firm, engagement, day):
                first.setdefault(key, day)
        works = {work.row.key: work for work in work_in(firm, engagement) if work.table == "time_entry"}
        rows += [
            {
                "time_entry_id": key, "engagement_id": engagement.id, "invoiced_on": day, "role": works[key].role,
                "work_date": works[key].worked, "approved_on": works[key].approved,
            }
            for key, day in first.items()
            if key in works
        ]  # fmt: skip
    return rows


def settled_on(firm: Firm, engagement: Engagement, day: date) -> set[str]:
    """The work that the lines of one invoice date settle, as of that day."""
    touched: set[str] = set()

    class Left(dict[tuple[str, str], Decimal]):
        def __setitem__(self, record: tuple[str, str], value: Decimal) -> None:
            if value != self.get(record):
                touched.add(record[1])
            super().__setitem__(record, value)

    state = Settlement(Left({work.record: work.value for work in work_in(firm, engagement)}))
    held: dict[Target, list[PlanLine]] = {}
    for project in of_engagement(firm, engagement):
        held |= targets_on(firm, project, day)
    for row in billed_in(firm, engagement):
        if stands(firm, row.invoice, day) and not row.is_credit and row.invoice.key not in fully_credited(firm, day):
            settle_line(firm, state, held, row, day)
            if row.invoice["invoice_date"] < day:  # lines come in the order of their dates
                touched.clear()
    return touched
