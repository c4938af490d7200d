"""A firm made by hand, load by load: what its systems would export.

quiet engagements, and what scenes.py bends in them -> canonical CSV files, as they stood at five loads -> a home
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

LOADS = ("2026-05-01", "2026-05-10", "2026-05-20", "2026-06-05", "2026-06-30")
"""The days of the five loads; the last is the business day."""

Row = dict[str, Any]
KEYS = {
    "crm_accounts": "account_id",
    "crm_deals": "deal_id",
    "psa_clients": "client_id",
    "psa_projects": "project_id",
    "psa_time_entries": "time_entry_id",
    "psa_expenses": "expense_id",
    "accounting_customers": "customer_id",
    "accounting_invoices": "invoice_id",
}
TOML = """
reporting_currency = "USD"

[systems.office]
source = "template"
path = "office"
exported_at = "{day}T00:00:00Z"

[systems.ledger]
source = "template"
path = "ledger"
exported_at = "{day}T00:00:00Z"

[systems.old_ledger]
source = "template"
path = "old_ledger"
exported_at = "{day}T00:00:00Z"

[systems.quickbooks]
source = "quickbooks"
path = "quickbooks"
exported_at = "{quickbooks_day}T00:00:00Z"
"""


class Firm:
    """The tables of each system as first loaded, and what each later load shows instead."""

    def __init__(self) -> None:
        self.tables: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self.changes: list[tuple[int, str, str, str, Row | None]] = []
        self.decisions: dict[str, str] = {}
        self.broken: dict[tuple[int, str, str], str] = {}  # (load, system, table) -> a file that must be refused

    def add(self, table: str, system: str = "", **values: Any) -> Row:
        """A row of the first load; the ledger's tables go to `ledger`, all others to `office`."""
        home = system or ("ledger" if table.startswith(("accounting_", "fx_")) else "office")
        self.tables[home, table].append(values)
        return values

    def later(self, load: int, table: str, key: str, system: str = "", **values: Any) -> None:
        """From the load of that number (2 to 5) on, the record shows these values."""
        self.changes.append(
            (load, system or ("ledger" if table.startswith("accounting_") else "office"), table, key, values)
        )

    def gone(self, load: int, table: str, key: str) -> None:
        """From the load of that number on, the record is not there."""
        self.changes.append((load, "ledger" if table.startswith("accounting_") else "office", table, key, None))

    def engagement(self, name: str, company: str, *, deal: Row | None = None, project: Row | None = None) -> None:
        """Sold, planned and known to the ledger alike: nothing is wrong with it. Keys are A-, D-, C-, P-, K-<name>."""
        self.add(
            "crm_accounts", account_id=f"A-{name}", name=company, tax_id=f"US{company.upper()}", billing_contact=""
        )
        self.add(
            "crm_deals",
            **{
                "deal_id": f"D-{name}",
                "account_id": f"A-{name}",
                "name": f"Deal {name}",
                "stage": "Won",
                "is_closed": True,
                "is_won": True,
                "amount": 1000,
                "close_date": "2026-01-10",
                "currency": "USD",
                "created_at": "2025-12-01T00:00:00Z",
                "owner_name": "sam",
                "contract_type": "time_and_materials",
                "legal_entity": "Firm US",
                "practice": "Data",
                "signed_on": "2026-01-09",
                "start_date": "2026-01-12",
                "end_date": "2026-12-31",
                "payment_terms_days": 30,
            }
            | (deal or {}),
        )
        if (deal or {}).get("is_won", True):
            self.edit(name, "is_won", "false", "true", "2026-01-10T10:00:00Z")
        self.add("psa_clients", client_id=f"C-{name}", name=company, crm_account_id=f"A-{name}", tax_id="")
        self.add(
            "psa_projects",
            **{
                "project_id": f"P-{name}",
                "client_id": f"C-{name}",
                "name": f"NB {name}",
                "status": "open",
                "currency": "USD",
                "contract_type": "time_and_materials",
                "created_at": "2026-01-11T00:00:00Z",
                "crm_deal_id": f"D-{name}",
                "template_name": "Standard",
                "legal_entity": "Firm US",
                "practice": "Data",
                "start_date": "2026-01-12",
                "end_date": "2026-12-31",
            }
            | (project or {}),
        )
        self.plan(name, 1, 1000, "2026-01-11T00:00:00Z")
        self.add(
            "accounting_customers",
            customer_id=f"K-{name}",
            name=company,
            crm_account_id=f"A-{name}",
            is_on_credit_hold=False,
            legal_entity="Firm US",
            payment_terms_days=30,
        )

    def edit(self, name: str, field: str, old: Any, new: Any, at: str, by: str = "sam") -> None:
        """A change in a deal's history."""
        self.add(
            "crm_deal_history",
            deal_id=f"D-{name}",
            changed_at=at,
            field=field,
            old_value=old,
            new_value=new,
            changed_by=by,
        )

    def plan(self, name: str, version: int, amount: int, at: str) -> None:
        """A budget version of hours at 100, due at the end of the year."""
        self.add("psa_budget_versions", project_id=f"P-{name}", version=version, effective_on=at[:10], created_at=at)
        self.add(
            "psa_budget_lines",
            budget_line_id=f"L-{name}",
            project_id=f"P-{name}",
            version=version,
            kind="time",
            amount=amount,
            planned_date="2026-12-31",
            role="Consultant",
            planned_hours=amount // 100,
            planned_rate=100,
        )

    def work(self, name: str, entry: str, day: str, **values: Any) -> None:
        """One hour of a consultant at 100, approved."""
        self.add(
            "psa_time_entries",
            **{
                "time_entry_id": entry,
                "project_id": f"P-{name}",
                "resource_id": "R1",
                "work_date": day,
                "hours": 1,
                "is_billable": True,
                "status": "approved",
                "bill_rate": 100,
                "approved_at": f"{day}T18:00:00Z",
            }
            | values,
        )

    def invoice(
        self,
        name: str,
        number: str,
        day: str,
        amount: Any = 100,
        *,
        system: str = "ledger",
        links: tuple[str, ...] = (),
        customer: str = "",
        line: Row | None = None,
        **values: Any,
    ) -> None:
        """One line of time; I-<number> and its line I-<number>-1. A link is `<source>:<id>`."""
        self.add(
            "accounting_invoices",
            system,
            **{
                "invoice_id": f"I-{number}",
                "customer_id": customer or f"K-{name}",
                "number": number,
                "type": "invoice",
                "status": "open",
                "invoice_date": day,
                "currency": "USD",
                "due_date": "2026-12-31",
                "legal_entity": "Firm US",
                "posted_at": f"{day}T12:00:00Z",
            }
            | values,
        )
        self.add(
            "accounting_invoice_lines",
            system,
            **{
                "invoice_line_id": f"I-{number}-1",
                "invoice_id": f"I-{number}",
                "kind": "time",
                "net_amount": amount,
                "tax_amount": 0,
                "project_id": f"P-{name}",
                "account_code": "4000",
                "practice": "Data",
            }
            | (line or {}),
        )
        for link in links:
            source, _, source_id = link.partition(":")
            self.add(
                "accounting_line_links", system, invoice_line_id=f"I-{number}-1", source=source, source_id=source_id
            )

    def post(self, posting: str, day: str, amount: Any, **values: Any) -> None:
        """Recognised revenue on account 4000."""
        self.add(
            "accounting_revenue_postings",
            **{
                "posting_id": posting,
                "posted_on": day,
                "amount": amount,
                "currency": "USD",
                "source": "invoice",
                "account_code": "4000",
                "legal_entity": "Firm US",
            }
            | values,
        )

    def write(self, home: Path, load: int) -> None:
        """The home's files as they stand at that load."""
        home.mkdir(exist_ok=True)
        day = LOADS[load - 1]
        (home / "tieout.toml").write_text(TOML.format(day=day, quickbooks_day=min(day, "2026-06-05")))
        for (system, table), rows in sorted(self.tables.items()):
            shown = [self._as_of(load, system, table, row) for row in rows]
            there = [row for row in shown if row is not None]
            columns = list(dict.fromkeys(column for row in rows for column in row))
            (home / system).mkdir(exist_ok=True)
            with (home / system / f"{table}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows({column: _text(value) for column, value in row.items()} for row in there)
        for (broken_load, system, table), text in self.broken.items():
            if broken_load == load:
                (home / system / f"{table}.csv").write_text(text)
        (home / "decisions").mkdir(exist_ok=True)
        for seed, text in self.decisions.items():
            (home / "decisions" / f"{seed}.csv").write_text(text)
        (home / "quickbooks").mkdir(exist_ok=True)
        (home / "quickbooks" / "Customer.jsonl").write_text(
            '{"Id": "9", "DisplayName": "Quarry Stone", "PrimaryTaxIdentifier": "USQUARRY"}\n'
        )

    def _as_of(self, load: int, system: str, table: str, row: Row) -> Row | None:
        shown: Row | None = row
        for since, changed_system, changed_table, key, values in self.changes:
            if since <= load and (changed_system, changed_table, key) == (system, table, row.get(KEYS.get(table, ""))):
                shown = None if values is None or shown is None else shown | values
        return shown


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
