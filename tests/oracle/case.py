"""A hand-worked firm: few rows, and the answer worked out on paper.

    case = Case("H01", "what it shows"); case.deal(...); case.project(...); case.expect(day, bridge, {driver: amount})

Ids get the case's code in front, so that all cases share one home. Accounting rows are in `case.ledger`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")


def on(day: str) -> date:
    """`02-10` is that day of 2026."""
    return date.fromisoformat(f"2026-{day}")


def at(moment: str) -> datetime:
    """`02-10 23:30` (or `02-10`, noon) in New York."""
    day, _, hour = moment.partition(" ")
    return datetime.fromisoformat(f"2026-{day}T{hour or '12:00'}").replace(tzinfo=ZONE)


@dataclass(frozen=True)
class Expected:
    """The bridge of an engagement on a day: every driver that is not 0 (`missing_fx_rate` also at 0)."""

    day: date
    engagement: str
    bridge: str
    drivers: dict[str, Decimal]


@dataclass
class Case:
    code: str
    shows: str
    ledger: str = "exports"
    engagement: str = ""
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    expected: list[Expected] = field(default_factory=list)
    metrics: list[tuple[date, str, str, Decimal]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engagement = self.engagement or f"deal:exports:{self.code}D1"
        self.row("crm_accounts", account_id="A1", name=f"{self.code} Ltd")
        self.row("psa_clients", client_id="C1", name=f"{self.code} Ltd", crm_account_id="A1")
        self.row("accounting_customers", self.ledger, customer_id="K1", name=f"{self.code} Ltd", crm_account_id="A1")

    def row(self, table: str, system: str = "exports", **columns: Any) -> dict[str, Any]:
        """Add a row; ids (columns that end in _id, and links' source_id) get the case's code in front."""
        named = {
            column: f"{self.code}{value}"
            if column.endswith("_id") and column != "tax_id" and value is not None
            else value
            for column, value in columns.items()
        }
        row = {c: Decimal(str(v)) if isinstance(v, (int, float)) and not isinstance(v, bool) and c not in
               ("version", "payment_terms_days") else v for c, v in named.items()}  # fmt: skip
        row["source_system"] = system
        self.tables[table].append(row)
        return row

    def deal(self, name: str, amount: float, won: str | None, **more: Any) -> None:
        """A deal won at the end of a day (None: never won)."""
        self.row("crm_deals", **{
            "deal_id": name, "account_id": "A1", "name": name, "stage": "x", "is_closed": won is not None,
            "is_won": won is not None, "amount": amount, "close_date": won and on(won), "currency": "USD",
            "created_at": at("01-02"), **more,
        })  # fmt: skip

    def deal_line(self, name: str, deal: str, amount: float, role: str | None = None, hours: float | None = None,
                  family: str = "service") -> None:  # fmt: skip
        self.row(
            "crm_deal_lines", deal_line_id=name, deal_id=deal, family=family, amount=amount, role=role, hours=hours
        )

    def changed(self, deal: str, moment: str, column: str, old: object, new: object) -> None:
        self.row("crm_deal_history", deal_id=deal, changed_at=at(moment), field=column,
                 old_value=str(old).lower(), new_value=str(new).lower())  # fmt: skip

    def project(self, name: str, deal: str | None = None, **more: Any) -> None:
        self.row("psa_projects", **{
            "project_id": name, "client_id": "C1", "name": name, "status": "open", "currency": "USD",
            "contract_type": "time_and_materials", "created_at": at("01-05"), "crm_deal_id": deal, **more,
        })  # fmt: skip

    def status(self, project: str, moment: str, old: str, new: str) -> None:
        self.row("psa_project_history", project_id=project, changed_at=at(moment), field="status",
                 old_value=old, new_value=new)  # fmt: skip

    def version(self, project: str, number: int, day: str, *lines: tuple[Any, ...], **more: Any) -> None:
        """A budget version. A line: (id, kind, amount, planned day, and a role with hours, or a milestone)."""
        self.row("psa_budget_versions", project_id=project, version=number, effective_on=on(day), **more)
        for name, kind, amount, planned, *rest in lines:
            role, hours = [*rest, None, None][:2] if kind == "time" else (None, None)
            milestone = rest[0] if kind == "milestone" and rest else None
            self.row("psa_budget_lines", budget_line_id=name, project_id=project, version=number, kind=kind,
                     amount=amount, planned_date=on(planned), role=role, planned_hours=hours,
                     milestone_id=milestone)  # fmt: skip

    def milestone(self, name: str, project: str, reached: str | None = None) -> None:
        self.row("psa_milestones", milestone_id=name, project_id=project, name=name, due_date=on("03-31"),
                 reached_at=reached and at(reached))  # fmt: skip

    def time(self, name: str, project: str, day: str, hours: float, rate: float | None, approved: str | None = None,
             role: str | None = "dev", **more: Any) -> None:  # fmt: skip
        """A billable time entry, approved on a day or only submitted."""
        self.row("psa_time_entries", **{
            "time_entry_id": name, "project_id": project, "resource_id": "R1", "work_date": on(day), "hours": hours,
            "is_billable": True, "status": "approved" if approved else "submitted", "role": role, "bill_rate": rate,
            "approved_at": approved and at(approved), **more,
        })  # fmt: skip

    def invoice(self, name: str, day: str, *lines: tuple[Any, ...], **more: Any) -> None:
        """A posted invoice. A line: (id, kind, net, project or None, and links like `time_entry:E1`)."""
        self.row("accounting_invoices", self.ledger, **{
            "invoice_id": name, "customer_id": "K1", "number": self.code + name, "type": "invoice", "status": "open",
            "invoice_date": on(day), "currency": "USD", **more,
        })  # fmt: skip
        for line, kind, net, project, *links in lines:
            self.row("accounting_invoice_lines", self.ledger, invoice_line_id=line, invoice_id=name, kind=kind,
                     net_amount=net, project_id=project)  # fmt: skip
            for link in links:
                source, _, source_id = link.partition(":")
                self.row("accounting_line_links", self.ledger, invoice_line_id=line, source=source,
                         source_id=source_id)  # fmt: skip

    def credit(self, name: str, day: str, of: str | None, *lines: tuple[Any, ...], **more: Any) -> None:
        """A credit note of an invoice; its lines have negative net amounts."""
        self.invoice(name, day, *lines, **{"type": "credit_note", "credited_invoice_id": of, **more})

    def paid(self, name: str, day: str, amount: float, invoice: str | None, **more: Any) -> None:
        self.row("accounting_payments", self.ledger, **{
            "payment_id": name, "paid_on": on(day), "amount": amount, "currency": "USD", "invoice_id": invoice,
            "customer_id": "K1", **more,
        })  # fmt: skip

    def posted(self, name: str, day: str, amount: float, **more: Any) -> None:
        self.row("accounting_revenue_postings", self.ledger, **{
            "posting_id": name, "posted_on": on(day), "amount": amount, "currency": "USD", "source": "schedule", **more,
        })  # fmt: skip

    def expect(self, day: str, bridge: str, drivers: Mapping[str, float], engagement: str | None = None) -> None:
        exact = {driver: Decimal(str(amount)).quantize(Decimal("0.01")) for driver, amount in drivers.items()}
        nets = {driver: amount for driver, amount in exact.items() if amount or driver == "missing_fx_rate"}
        self.expected.append(Expected(on(day), engagement or self.engagement, bridge, nets))

    def measure(self, day: str, metric: str, amount: float, engagement: str | None = None) -> None:
        self.metrics.append((on(day), engagement or self.engagement, metric, Decimal(str(amount))))
