"""Answers that an analyst works out by hand: SQL over the canonical tables of a published snapshot, by metric.

by_hand/tables/*.sql makes the analyst's own tables, by_hand/*.sql holds the answers: each query names its metrics and
returns metric_date, dimensions named as in the metric's view, and a column per metric. A flow's rows are dated amounts;
a balance's are what stands on each day of table `asked`; a median's are its cases, one a row. A query headed `also`
tells a metric a second time, up to each day asked, by dimensions that the first does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import duckdb

from warehouse.connect import Warehouse
from warehouse.settings import Settings

BY_HAND = Path(__file__).with_name("by_hand")
HEADING = re.compile(r"^-- (metrics|also): (.+)$", re.MULTILINE)
TERM = re.compile(r"([+-]?)\s*(?:(\d+) \* )?(\w+)")

# What metrics are made of, as their definitions say in words: differences, and numerator and denominator of ratios.
DIFFERENCES = {
    "project_margin_amount": "recognized_revenue - delivery_cost_amount - subcontractor_cost_amount",
    "billed_margin_amount": "billed_revenue - delivery_cost_amount - subcontractor_cost_amount",
}
RATIOS = {
    "win_rate": ("won_deal_count", "decided_deal_count"),
    "average_deal_amount": ("won_deal_amount", "won_deal_count"),
    "billable_utilization_rate": ("billable_hours", "capacity_hours"),
    "scheduled_utilization_rate": ("assigned_hours", "capacity_hours"),
    "utilization_forecast_error": ("believed_assigned_hours - worked_hours", "capacity_hours"),
    "dso_days": ("90 * receivables_amount", "billed_gross_of_90_days_amount"),
    "invoice_rejection_rate": ("rejected_invoice_count", "sent_invoice_count"),
    "book_to_bill_ratio": ("sold_revenue", "billed_revenue"),
    "billing_realization_rate": ("billed_time_amount", "standard_work_amount"),
    "collection_rate": ("collected_cash", "billed_gross_amount"),
    "effective_bill_rate": ("billed_time_amount", "billable_hours"),
    "project_margin_rate": (DIFFERENCES["project_margin_amount"], "recognized_revenue"),
    "planned_margin_rate": ("costed_planned_amount - planned_cost_amount", "costed_planned_amount"),
    "revenue_leakage_rate": ("revenue_leakage_amount", "worked_to_date_amount"),
    "duplicate_client_rate": ("duplicate_client_count", "client_count"),
    "sync_failure_rate": ("failed_sync_event_count", "finished_sync_event_count"),
    "sync_sla_attainment_rate": ("in_time_sync_event_count", "measured_sync_event_count"),
}


@dataclass(frozen=True)
class HandQuery:
    """One SELECT that answers for these metrics."""

    name: str
    metrics: tuple[str, ...]
    sql: str


@dataclass(frozen=True)
class Part:
    """A table of the analyst's with one column of amounts, each times a factor."""

    table: str
    metric: str
    factor: int


@cache
def hand_queries(heading: str = "metrics") -> dict[str, HandQuery]:
    """The query that answers for each metric under one of the headings. Raises ValueError where two do."""
    found: dict[str, HandQuery] = {}
    for file in sorted(BY_HAND.glob("*.sql")):
        _, *told = HEADING.split(file.read_text(encoding="utf-8"))
        for its_heading, names, sql in zip(told[::3], told[1::3], told[2::3], strict=True):
            metrics = tuple(names.split())
            query = HandQuery(f"{file.stem}_{its_heading}_{metrics[0]}", metrics, sql.strip().rstrip(";"))
            for metric in metrics if its_heading == heading else ():
                if metric in found:
                    raise ValueError(f"{metric} is answered twice: {found[metric].name} and {query.name}. Keep one.")
                found[metric] = query
    return found


class Analyst:
    """A connection to a snapshot with the analyst's own tables, and table `asked` with the days to tell balances of.

    Of what the oracle settles, `settled_days` are told, which are fewer.
    """

    def __init__(
        self, warehouse: Warehouse, settings: Settings, asked: Sequence[date], settled_days: Sequence[date]
    ) -> None:
        self.connection = duckdb.connect()
        self.business_day = date.fromisoformat(warehouse.manifest["business_day"])
        self.asked, self.settled_days = tuple(asked), tuple(settled_days)
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute(f"attach '{settings.raw_file}' as raw (read_only)")
        self.connection.execute(f"attach '{warehouse.file}' as firm (read_only)")
        self.connection.execute("use firm")
        variables = {
            "zone": settings.business_time_zone,
            "reporting_currency": settings.reporting_currency,
            "payment_terms_days": settings.default_payment_terms_days,
            "business_day": self.business_day,
            "systems": [system.name for system in settings.systems],
        }
        for name, value in variables.items():
            self.connection.execute(f"set variable {name} = $value", {"value": value})
        self.connection.execute("create temp table asked as select unnest($days) as day", {"days": list(asked)})
        for file in sorted((BY_HAND / "tables").glob("*.sql")):
            for statement in duckdb.extract_statements(file.read_text(encoding="utf-8")):
                self.connection.execute(statement)

    def parts(self, expression: str) -> list[Part]:
        """The tables behind an expression such as "a - b" or "90 * c" (or "also a"); each query runs once."""
        found = []
        heading = "also" if expression.startswith("also ") else "metrics"
        for sign, factor, metric in TERM.findall(expression.removeprefix("also ")):
            query = hand_queries(heading)[metric]
            self.connection.execute(f"create temp table if not exists {query.name} as {query.sql}")
            found.append(Part(query.name, metric, (-1 if sign == "-" else 1) * int(factor or 1)))
        return found

    def columns(self, part: Part) -> list[str]:
        """The columns of a part that are no amounts: metric_date and dimensions."""
        described = self.connection.execute(f"select * from {part.table} limit 0").description or []
        metrics = {*hand_queries(), *hand_queries("also")}
        return [name for name, *_ in described if name not in metrics]

    def days(self, *expressions: str) -> tuple[date, ...]:
        """The days on which these expressions of balances are told."""
        parts = [part for expression in expressions for part in self.parts(expression)]
        is_settled = any(part.table.startswith("settled") for part in parts)
        return self.settled_days if is_settled else self.asked

    def dimensions(self, expressions: Sequence[str], known: Sequence[str]) -> list[str]:
        """The dimensions, of those known to a metric, by which all parts of its expressions can be told apart."""
        tables = [self.columns(part) for expression in expressions for part in self.parts(expression)]
        return [name for name in known if all(name in columns for columns in tables)]

    def rows(self, expression: str, dimensions: Sequence[str], name: str) -> str:
        """A SELECT of metric_date, the dimensions and the expression's amounts as `name`; to be summed."""
        columns = "".join(f", {dimension}" for dimension in dimensions)
        return " union all ".join(
            f"select metric_date{columns}, {part.factor} * {part.metric} as {name} from {part.table}"
            for part in self.parts(expression)
        )
