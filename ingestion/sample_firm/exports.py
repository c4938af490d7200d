"""What the three systems cannot tell, as canonical CSV: plans, rates, holds, tickets, a sync log, a second ledger.

Data flow: Ledger -> `write` -> data/sample/exports/<canonical table>.csv. References to another system keep its
prefix (`birdview:1001`); the files' own ids have none.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from ingestion.sample_firm.ledger import COLUMNS, Ledger

TABLES = [
    "fx_rates",
    "psa_budget_versions",
    "psa_budget_lines",
    "psa_project_history",
    "psa_project_deals",
    "psa_cost_rates",
    "psa_assignments",
    "psa_progress",
    "psa_expenses",
    "accounting_rate_cards",
    "support_tickets",
    "sync_events",
    "accounting_customers",
    "accounting_projects",
    "accounting_invoices",
    "accounting_invoice_lines",
    "accounting_line_links",
    "accounting_credit_allocations",
    "accounting_payments",
    "accounting_revenue_postings",
    "accounting_cost_postings",
    "accounting_trial_balance",
    "accounting_periods",
]


def text(value: Any) -> str:
    """A value as a CSV file holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value).removeprefix("exports:")


def rows(ledger: Ledger) -> Iterator[tuple[str, list[str]]]:
    """(canonical table, its cells in order) of everything that the workbook and the second ledger hold."""
    for table in TABLES:
        for row in ledger.tables[table]:
            if row["source_system"] == "exports":
                yield table, [text(row[column]) for column in COLUMNS[table]]
