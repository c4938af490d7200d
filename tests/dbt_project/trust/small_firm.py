"""A firm in which every rule of ownership is broken once, and nearly broken once more.

engagements that are quiet, one thing bent in each -> canonical CSV files, as they stood at five loads -> a home

Each record is named after what happens to it (`D-overwritten`, `P-early`); what nearly breaks a rule ends in `-fine`.
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
        self.changes.append((load, system or ("ledger" if table.startswith("accounting_") else "office"), table, key, values))

    def gone(self, load: int, table: str, key: str) -> None:
        """From the load of that number on, the record is not there."""
        self.changes.append((load, "ledger" if table.startswith("accounting_") else "office", table, key, None))

    def engagement(self, name: str, company: str, *, deal: Row | None = None, project: Row | None = None) -> None:
        """Sold, planned and known to the ledger alike: nothing is wrong with it. Keys are A-, D-, C-, P-, K-<name>."""
        self.add("crm_accounts", account_id=f"A-{name}", name=company, tax_id=f"US{company.upper()}", billing_contact="")
        self.add(
            "crm_deals",
            **dict(
                deal_id=f"D-{name}", account_id=f"A-{name}", name=f"Deal {name}", stage="Won", is_closed=True, is_won=True,
                amount=1000, close_date="2026-01-10", currency="USD", created_at="2025-12-01T00:00:00Z", owner_name="sam",
                contract_type="time_and_materials", legal_entity="Firm US", practice="Data", signed_on="2026-01-09",
                start_date="2026-01-12", end_date="2026-12-31", payment_terms_days=30,
            )
            | (deal or {}),
        )  # fmt: skip
        if (deal or {}).get("is_won", True):
            self.edit(name, "is_won", "false", "true", "2026-01-10T10:00:00Z")
        self.add("psa_clients", client_id=f"C-{name}", name=company, crm_account_id=f"A-{name}", tax_id="")
        self.add(
            "psa_projects",
            **dict(
                project_id=f"P-{name}", client_id=f"C-{name}", name=f"NB {name}", status="open", currency="USD",
                contract_type="time_and_materials", created_at="2026-01-11T00:00:00Z", crm_deal_id=f"D-{name}",
                template_name="Standard", legal_entity="Firm US", practice="Data", start_date="2026-01-12",
                end_date="2026-12-31",
            )
            | (project or {}),
        )  # fmt: skip
        self.plan(name, 1, 1000, "2026-01-11T00:00:00Z")
        self.add(
            "accounting_customers", customer_id=f"K-{name}", name=company, crm_account_id=f"A-{name}",
            is_on_credit_hold=False, legal_entity="Firm US", payment_terms_days=30,
        )  # fmt: skip

    def edit(self, name: str, field: str, old: Any, new: Any, at: str, by: str = "sam") -> None:
        """A change in a deal's history."""
        self.add(
            "crm_deal_history", deal_id=f"D-{name}", changed_at=at, field=field, old_value=old, new_value=new, changed_by=by
        )

    def plan(self, name: str, version: int, amount: int, at: str) -> None:
        """A budget version of hours at 100, due at the end of the year."""
        self.add("psa_budget_versions", project_id=f"P-{name}", version=version, effective_on=at[:10], created_at=at)
        self.add(
            "psa_budget_lines", budget_line_id=f"L-{name}", project_id=f"P-{name}", version=version, kind="time",
            amount=amount, planned_date="2026-12-31", role="Consultant", planned_hours=amount // 100, planned_rate=100,
        )  # fmt: skip

    def work(self, name: str, entry: str, day: str, **values: Any) -> None:
        """One hour of a consultant at 100, approved."""
        self.add(
            "psa_time_entries",
            **dict(
                time_entry_id=entry, project_id=f"P-{name}", resource_id="R1", work_date=day, hours=1, is_billable=True,
                status="approved", bill_rate=100, approved_at=f"{day}T18:00:00Z",
            )
            | values,
        )  # fmt: skip

    def invoice(
        self, name: str, number: str, day: str, amount: Any = 100, *, system: str = "ledger", links: tuple[str, ...] = (),
        customer: str = "", line: Row | None = None, **values: Any,
    ) -> None:  # fmt: skip
        """One line of time; I-<number> and its line I-<number>-1. A link is `<source>:<id>`."""
        self.add(
            "accounting_invoices",
            system,
            **dict(
                invoice_id=f"I-{number}", customer_id=customer or f"K-{name}", number=number, type="invoice", status="open",
                invoice_date=day, currency="USD", due_date="2026-12-31", legal_entity="Firm US", posted_at=f"{day}T12:00:00Z",
            )
            | values,
        )  # fmt: skip
        self.add(
            "accounting_invoice_lines",
            system,
            **dict(
                invoice_line_id=f"I-{number}-1", invoice_id=f"I-{number}", kind="time", net_amount=amount, tax_amount=0,
                project_id=f"P-{name}", account_code="4000", practice="Data",
            )
            | (line or {}),
        )  # fmt: skip
        for link in links:
            source, _, source_id = link.partition(":")
            self.add("accounting_line_links", system, invoice_line_id=f"I-{number}-1", source=source, source_id=source_id)

    def post(self, posting: str, day: str, amount: Any, **values: Any) -> None:
        """Recognised revenue on account 4000."""
        self.add(
            "accounting_revenue_postings",
            **dict(
                posting_id=posting, posted_on=day, amount=amount, currency="USD", source="invoice", account_code="4000",
                legal_entity="Firm US",
            )
            | values,
        )  # fmt: skip

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


def deals_overwritten(firm: Firm) -> None:
    """Amounts and close dates changed before, with and after the winning of 10 January at 10:00."""
    firm.engagement("overwritten", "Albatross", deal={"amount": 900})
    firm.edit("overwritten", "amount", 1000, 900, "2026-02-01T09:00:00Z", by="sue")
    firm.engagement("edited-fine", "Bramble")
    firm.edit("edited-fine", "amount", 700, 800, "2026-01-10T09:59:59Z")
    firm.edit("edited-fine", "amount", 800, 1000, "2026-01-10T10:00:00Z")  # in the same save as the winning
    firm.edit("edited-fine", "close_date", "2026-01-31", "2026-01-10", "2026-01-10T10:00:00Z")
    firm.edit("edited-fine", "amount", "1000.0", "1000.00", "2026-03-01T00:00:00Z")  # the same money
    firm.engagement("reopened-fine", "Cormorant", deal={"amount": 1200})
    firm.edit("reopened-fine", "is_won", "true", "false", "2026-02-01T00:00:00Z")
    firm.edit("reopened-fine", "amount", 1000, 1200, "2026-02-02T00:00:00Z")
    firm.edit("reopened-fine", "is_won", "false", "true", "2026-02-10T00:00:00Z")
    firm.engagement("put-back", "Dunlin")
    firm.edit("put-back", "amount", 1000, 900, "2026-02-01T00:00:00Z")
    firm.edit("put-back", "amount", 900, 1000, "2026-02-03T00:00:00Z")
    firm.engagement("corrected", "Ember", deal={"amount": 970})
    firm.edit("corrected", "amount", 1000, 970, "2026-02-01T00:00:00Z")
    firm.engagement("moved", "Fjord", deal={"close_date": "2026-02-28"})
    firm.edit("moved", "close_date", "2026-01-10", "2026-02-28", "2026-02-01T00:00:00Z")
    firm.engagement("deleted", "Gannet")
    firm.gone(2, "crm_deals", "D-deleted")
    firm.add("crm_accounts", account_id="A-open", name="Heron", tax_id="USHERON")
    firm.add(
        "crm_deals", deal_id="D-open-deleted-fine", account_id="A-open", name="Open", stage="Open", is_closed=False,
        is_won=False, currency="USD", created_at="2026-01-01T00:00:00Z", contract_type="fixed_fee",
    )  # fmt: skip
    firm.gone(2, "crm_deals", "D-open-deleted-fine")
    firm.engagement("incomplete", "Ibis", deal={"legal_entity": "", "signed_on": ""})
    firm.decisions["sold_corrections"] = (
        "deal,date,amount,reason,approved_by\nD-corrected,2026-02-05,-30,Digits swapped,Dana\n"
    )


def two_owners(firm: Firm) -> None:
    """Numbers that come back from the other system, names that differ, and hands that should not be there."""
    firm.engagement("synced", "Jackdaw", deal={"amount": 1200})
    firm.edit("synced", "amount", 1000, 1200, "2026-02-01T10:00:00Z")
    firm.plan("synced", 2, 1200, "2026-02-02T09:00:00Z")  # 23 hours later
    firm.engagement("later-fine", "Kittiwake", deal={"amount": 1200})
    firm.edit("later-fine", "amount", 1000, 1200, "2026-02-01T10:00:00Z")
    firm.plan("later-fine", 2, 1200, "2026-02-02T11:00:00Z")  # 25 hours later
    firm.engagement("turned", "Lapwing")
    firm.later(2, "crm_accounts", "A-turned", name="Lapwing One")
    firm.later(3, "psa_clients", "C-turned", name="Lapwing Two")
    firm.later(4, "crm_accounts", "A-turned", name="Lapwing Three")
    firm.later(4, "psa_clients", "C-turned", name="Lapwing Two")
    firm.engagement("followed-fine", "Merlin")
    for load, name in ((2, "Merlin One"), (4, "Merlin Two")):
        firm.later(load, "crm_accounts", "A-followed-fine", name=name)
    for load, name in ((3, "Merlin One"), (5, "Merlin Two")):
        firm.later(load, "psa_clients", "C-followed-fine", name=name)
    firm.later(5, "accounting_customers", "K-followed-fine", name="Merlin Two")
    firm.later(2, "accounting_customers", "K-turned", name="LAPWING three ")  # only written differently, in the end
    firm.engagement("copied", "Nuthatch")
    firm.tables["office", "psa_clients"][-1]["name"] = "Nuthatch Old"
    firm.engagement("copied-late-fine", "Osprey")
    firm.later(5, "psa_clients", "C-copied-late-fine", name="Osprey New")  # since today
    firm.engagement("touched", "Petrel")
    firm.edit("touched", "stage", "Won", "Won and billed", "2026-02-01T00:00:00Z", by="Fred")
    firm.edit("touched", "stage", "Won", "Won", "2026-02-02T00:00:00Z", by="sam")
    firm.edit("touched", "stage", "Won", "Won", "2026-02-03T00:00:00Z", by="nobody knows")
    firm.decisions["teams"] = "user,team\nsam,sales\nfred,finance\n"


def out_of_order(firm: Firm) -> None:
    """Projects before their deals, outside their dates, without prices, or for a client that does not pay."""
    firm.engagement("early", "Quail", project={"created_at": "2026-01-09T00:00:00Z"})
    firm.engagement("same-day-fine", "Robin", project={"created_at": "2026-01-10T00:00:00Z"})
    firm.engagement("never-won", "Sandpiper", deal={"is_won": False, "is_closed": False, "stage": "Open"})
    firm.engagement("outside", "Tern", project={"start_date": "2026-01-11", "end_date": "2027-01-01"})
    firm.engagement("extended-fine", "Umbrella", project={"end_date": "2027-01-31"})
    firm.add(
        "crm_deals", deal_id="D-extension", account_id="A-extended-fine", name="Extension", stage="Won", is_closed=True,
        is_won=True, amount=10, close_date="2026-01-20", currency="USD", created_at="2026-01-15T00:00:00Z",
        parent_deal_id="D-extended-fine", change_order_number="CO-1", end_date="2027-01-31",
    )  # fmt: skip
    firm.engagement("held", "Vireo")
    firm.engagement("held-after-fine", "Warbler")
    for name in ("held", "held-after-fine"):
        firm.later(2, "accounting_customers", f"K-{name}", is_on_credit_hold=True)  # since 10 May
    firm.work("held", "T-held", "2026-05-11")
    firm.work("held-after-fine", "T-before-hold", "2026-05-10")
    firm.engagement("unpriced", "Xerus", project={"currency": "EUR"})
    firm.engagement("no-milestones", "Yarrow", project={"contract_type": "fixed_fee"})
    firm.engagement("with-milestones-fine", "Zander", project={"contract_type": "fixed_fee"})
    firm.add("psa_milestones", milestone_id="M1", project_id="P-with-milestones-fine", name="Done", due_date="2026-12-01")
    firm.engagement("misnamed", "Abalone", project={"name": "misnamed"})
    firm.decisions["naming_conventions"] = "canonical_table,field,pattern,example\npsa_projects,name,NB .+,NB something\n"


def recreated(firm: Firm) -> None:
    """Clients and projects that someone made by hand."""
    firm.add("psa_clients", client_id="C-loose", name="Beacon", tax_id="")
    firm.add("psa_clients", client_id="C-tied-fine", name="Cutlass", tax_id="us-heron")  # the account of that tax id
    firm.add("accounting_customers", customer_id="K-loose", name="Dory", legal_entity="Firm US")
    firm.add("accounting_customers", customer_id="K-sister-fine", name="Firm UK", is_intercompany=True)
    firm.engagement("twice", "Estuary")
    firm.add("accounting_projects", accounting_project_id="LP-one", customer_id="K-twice", name="NB twice", psa_project_id="P-twice")
    firm.add("accounting_projects", accounting_project_id="LP-two", customer_id="K-twice", name="NB twice", psa_project_id="P-twice")
    firm.add("accounting_projects", accounting_project_id="LP-none", customer_id="K-twice", name="NB none")
    firm.add(
        "accounting_projects", "old_ledger", accounting_project_id="LP-other-fine", customer_id="K-twice", name="NB twice",
        psa_project_id="P-twice",
    )  # fmt: skip


def lines_astray(firm: Firm) -> None:
    """Invoice lines without a project, without links, with wrong links, or shown by another part of the firm."""
    firm.engagement("billed", "Falcon")
    for entry in ("T1", "T2", "T3", "T-gone"):
        firm.work("billed", entry, "2026-03-02")
    firm.gone(3, "psa_time_entries", "T-gone")
    firm.engagement("neighbour", "Grouse")
    firm.work("neighbour", "T-neighbour", "2026-03-02")
    firm.invoice("billed", "1001", "2026-03-31", links=("time_entry:T1",))
    firm.add(
        "accounting_payments", payment_id="PAY-1001", invoice_id="I-1001", customer_id="K-billed", paid_on="2026-04-15",
        amount=100, currency="USD",
    )  # fmt: skip
    firm.invoice("billed", "1002", "2026-03-31", line={"project_id": ""})
    firm.invoice("billed", "1003", "2026-03-31")
    firm.invoice("billed", "1004", "2026-03-31", line={"kind": "advance"})  # an advance links nothing yet
    firm.invoice("billed", "1005", "2026-03-31", links=("time_entry:T-neighbour",))
    firm.invoice("billed", "1006", "2026-03-31", links=("time_entry:T-gone", "time_entry:T2"))
    firm.invoice("billed", "1007", "2026-03-31", links=("milestone:M-never",))
    firm.invoice("billed", "1008", "2026-03-31", links=("time_entry:T3",), line={"practice": "Advisory"})
    firm.invoice(
        "billed", "1009", "2026-03-31", links=("budget_line:L-billed",), line={"practice": "data", "department": "London"}
    )  # no department of that name is a practice
    firm.engagement("advised", "Hazel", project={"practice": "Advisory"})
    firm.invoice("billed", "1010", "2026-03-31", line={"kind": "advance", "department": "Advisory"})
    firm.invoice("billed", "1011", "2026-03-31", line={"kind": "advance"}, legal_entity="Firm UK")


def posted(firm: Firm) -> None:
    """Postings by hand, gaps that close, closed months, and the same invoice in both ledgers."""
    firm.engagement("posted", "Isthmus")
    firm.invoice("posted", "2001", "2026-03-31", 400, line={"kind": "advance"})
    firm.post("G-manual", "2026-04-30", 599.99, source="manual", project_id="P-posted")  # a cent short of the gap
    firm.post("G-of-line-fine", "2026-04-30", 400, source="manual", project_id="P-posted", invoice_line_id="I-2001-1")
    firm.post("G-by-sales", "2026-04-30", 1, project_id="P-posted", posted_by="sam")
    firm.engagement("closing", "Juniper")
    firm.invoice("closing", "2002", "2026-03-31", 400, line={"kind": "advance"})
    firm.post("G-closes", "2026-04-30", 600, source="manual", project_id="P-closing")
    firm.engagement("adjusted", "Kestrel")
    firm.invoice("adjusted", "2003", "2026-03-31", 1100, line={"kind": "advance"})
    firm.invoice("adjusted", "2004", "2026-04-30", -100, line={"kind": "adjustment"})
    firm.engagement("rebated-fine", "Lemming")
    firm.invoice("rebated-fine", "2005", "2026-03-31", 1100, line={"kind": "advance"})
    firm.invoice("rebated-fine", "2006", "2026-04-30", -100, line={"kind": "adjustment"}, reason="Rebate")
    firm.engagement("late", "Marmot")
    firm.add("accounting_periods", legal_entity="Firm US", month_end="2026-02-28", closed_at="2026-03-10T12:00:00Z")
    firm.invoice("late", "2007", "2026-02-28", line={"kind": "advance"}, posted_at="2026-03-10T12:00:01Z")
    firm.invoice("late", "2008", "2026-02-28", line={"kind": "advance"}, posted_at="2026-03-10T12:00:00Z")
    firm.invoice("late", "2009", "2026-02-28", line={"kind": "advance"}, legal_entity="Firm UK", posted_at="2026-04-01T00:00:00Z")
    firm.tables["office", "psa_projects"][-1]["legal_entity"] = ""  # so that no line disagrees with it
    firm.engagement("parallel", "Narwhal")
    for number, day, amount, other in (("3001", "2026-04-10", 100, 100), ("3002", "2026-04-11", 100, 90)):
        firm.invoice("parallel", number, day, amount, line={"kind": "advance"})
        firm.invoice("parallel", number, day, other, system="old_ledger", customer="K-parallel-old", line={"kind": "advance"})
    firm.invoice("parallel", "3003", "2026-04-12", 70, line={"kind": "advance"})
    firm.invoice("parallel", "3004", "2026-04-13", 60, system="old_ledger", customer="K-parallel-old", line={"kind": "advance"})
    firm.add("accounting_customers", "old_ledger", customer_id="K-parallel-old", name="Narwhal", crm_account_id="A-parallel")


def priced(firm: Firm) -> None:
    """Rates that no card holds, and a card that nobody approved."""
    firm.engagement("priced", "Otter")
    firm.work("priced", "T-cheap", "2026-03-02", bill_rate=99)
    firm.work("priced", "T-cheap-too", "2026-03-03", bill_rate=99)
    firm.work("priced", "T-free-fine", "2026-03-04", bill_rate=98, is_billable=False)
    firm.work("priced", "T-old", "2026-03-05", bill_rate=80)  # that card ended on 28 February
    card = {"role": "Consultant", "currency": "USD", "legal_entity": "", "effective_to": "", "approved_by": "Dana"}
    firm.add("accounting_rate_cards", **card | {"rate": 100, "effective_from": "2020-01-01"})
    firm.add("accounting_rate_cards", **card | {"rate": 80, "effective_from": "2019-01-01", "effective_to": "2026-02-28"})
    firm.add("accounting_rate_cards", **card | {"role": "Analyst", "rate": 90, "effective_from": "2020-01-01", "approved_by": ""})
    firm.add("psa_resources", resource_id="R1", name="Sam", role="Consultant")


def references(firm: Firm) -> None:
    """References that lead nowhere, or to two systems."""
    firm.engagement("both", "Puffin")
    firm.add(
        "psa_projects", "old_ledger", project_id="P-both", client_id="office:C-both", name="NB both too", status="draft",
        contract_type="time_and_materials", currency="USD", created_at="2026-02-01T00:00:00Z", template_name="Standard",
    )  # fmt: skip
    firm.add("accounting_projects", accounting_project_id="LP-both", customer_id="K-both", name="Both", psa_project_id="P-both")
    firm.add(
        "accounting_projects", accounting_project_id="LP-said-fine", customer_id="K-both", name="NB both",
        psa_project_id="office:P-both",
    )  # fmt: skip
    firm.add("psa_clients", client_id="C-astray", name="Rook", crm_account_id="A-never", tax_id="usheron")
    firm.work("both", "T-astray", "2026-03-02", project_id="P-never")
    firm.invoice("both", "4001", "2026-03-31", line={"kind": "advance", "project_id": "P-nowhere"})


def alike(firm: Firm) -> None:
    """Clients, projects and invoices that are there twice, and some that only look so."""
    for account, name, tax_id in (
        ("A-zenith", "Zenith Logistics, Inc.", "US-Z1"),
        ("A-plant-1-fine", "Ravenna Plant 1", ""),
        ("A-plant-2-fine", "Ravenna Plant 2", ""),
        ("A-parent-fine", "Solano Foods", ""),
        ("A-decided", "Tiburon Marine", ""),
        ("A-registered", "Unity Paper", "US-777"),
        ("A-registered-too", "Utterly Different", "us 777"),
        ("A-other-fine", "Zephyr Logistics", "US-Z2"),
    ):
        firm.add("crm_accounts", account_id=account, name=name, tax_id=tax_id)
    firm.add(
        "crm_accounts", account_id="A-child-fine", name="Solano Foods West", tax_id="", parent_account_id="A-parent-fine"
    )
    # Cyrillic letters, a zero-width space and another legal form
    firm.add("psa_clients", client_id="C-zenith", name="Z\u0435nith\u200b L\u043egistics LLC", tax_id="")
    firm.add("psa_clients", client_id="C-decided", name="Tiburon Marine Ltd", tax_id="")
    firm.decisions["client_aliases"] = (
        "client_key,same_as,from_date,reason,approved_by\n"
        "psa:office:C-decided,crm:office:A-decided,2026-01-01,One company,Dana\n"
    )
    firm.engagement("cloned", "Vesper", project={"project_code": "V-1"})
    clone = dict(firm.tables["office", "psa_projects"][-1])
    firm.tables["office", "psa_projects"][-1]["project_code"] = "V-1"
    firm.add("psa_projects", **clone | {"project_id": "P-cloned-too", "project_code": "v-1", "name": "NB other name"})
    firm.add("psa_projects", **clone | {"project_id": "P-phase-fine", "project_code": "V-2"})
    firm.engagement("invoiced", "Willet")
    advance = {"kind": "advance", "description": "Deposit"}
    firm.invoice("invoiced", "6001", "2026-05-02", 55, line=advance)
    firm.invoice("invoiced", "6002", "2026-05-02", 55, line=advance)  # once more under another number
    firm.invoice("invoiced", "6003-fine", "2026-05-03", 55, line=advance)
    firm.invoice("invoiced", "6004-fine", "2026-05-02", 55, line=advance | {"description": "Second deposit"})
    firm.invoice("invoiced", "INV-0071", "2026-05-02", 56, line=advance)
    firm.invoice("invoiced", "71", "2026-05-09", 56, line=advance)
    firm.invoice("invoiced", "INV-0072-fine", "2026-05-02", 57, line=advance)
    firm.invoice("invoiced", "72-fine", "2026-05-09", 58, line=advance)


def in_the_queue(firm: Firm) -> None:
    """What goes wrong on the way: rows, loads, syncs, reviews and hand-overs."""
    expense = {"project_id": "P-held", "expense_date": "2026-03-01", "currency": "USD", "is_billable": False, "status": "draft"}
    firm.add("psa_expenses", **expense | {"expense_id": "EX-fine", "amount": 1})
    firm.add("psa_expenses", **expense | {"expense_id": "EX-bad", "amount": "ten"})
    firm.add("psa_expenses", **expense | {"expense_id": "EX-mended", "amount": "eleven"})
    firm.later(4, "psa_expenses", "EX-mended", amount=11)
    firm.broken[2, "office", "psa_milestones"] = "milestone_id,project_id\nM1,P-with-milestones-fine\n"  # no name, no due date
    for event, workflow, source_id, started, status, finished in (
        ("SE1", "customer_sync", "A-held", "2026-05-01T08:00:00Z", "failed", ""),
        ("SE2", "customer_sync", "A-held", "2026-05-01T09:00:00Z", "rejected", ""),
        ("SE3", "customer_sync", "A-held", "2026-05-03T09:00:00Z", "succeeded", "2026-05-03T09:01:00Z"),
        ("SE4", "invoice_posting", "ledger:I-1001", "2026-06-01T09:00:00Z", "rejected", ""),
        ("SE5", "project_creation", "D-held", "2026-06-30T22:59:00Z", "pending", ""),
        ("SE6", "project_creation", "D-early", "2026-06-30T23:01:00Z", "pending", ""),
    ):
        firm.add(
            "sync_events", event_id=event, workflow=workflow, source_system_name="office", source_id=source_id,
            target_system_name="ledger", started_at=started, status=status, finished_at=finished, error="",
        )  # fmt: skip
    firm.decisions["ownership"] = (
        "category,canonical_table,field,owner_system,updated_when,where_to_fix,team,readers,reviewer_role,"
        "review_interval_days,last_review\n"
        "Sold,crm_deals,amount,crm,Until won,CRM,sales,everyone,sales,30,2026-05-30\n"  # due on 29 June
        "Sold,crm_deals,close_date,crm,Until won,CRM,sales,everyone,sales,31,2026-05-30\n"
    )
    firm.add("crm_accounts", account_id="A-waiting", name="Xenon", tax_id="")
    firm.add(
        "crm_deals", deal_id="D-waiting", account_id="A-waiting", name="Deal waiting", stage="Won", is_closed=True,
        is_won=True, amount=500, close_date="2026-06-20", currency="USD", created_at="2026-06-01T00:00:00Z",
        legal_entity="Firm US", signed_on="2026-06-20", owner_name="sam",
    )  # fmt: skip


def tied(firm: Firm) -> None:
    """What the ledger's trial balance says of account 4000."""
    firm.add("fx_rates", currency="GBP", rate_date="2026-01-01", rate=1.25)
    firm.engagement("london", "Yonder", project={"legal_entity": "Firm UK"}, deal={"legal_entity": "Firm UK"})
    advance = {"kind": "advance"}
    firm.invoice("london", "7001", "2026-03-15", 100, line=advance, legal_entity="Firm UK")
    firm.invoice(
        "london", "7002", "2026-03-16", 100, legal_entity="Firm UK",
        line=advance | {"booked_amount": "79.99", "booked_currency": "GBP"},
    )  # fmt: skip
    firm.invoice(
        "london", "7003", "2026-03-17", 20, legal_entity="Firm UK", line=advance, currency="GBP", status="draft",
    )  # fmt: skip
    firm.invoice(
        "london", "7004", "2026-03-18", 30, legal_entity="Firm UK", currency="GBP", customer="K-sister-fine",
        line=advance | {"project_id": ""},
    )  # fmt: skip
    firm.add(
        "accounting_trial_balance", "old_ledger", legal_entity="Firm US", account_code="4000", account_type="revenue",
        month_end="2026-04-30", amount=250, currency="USD",
    )  # fmt: skip
    for entity, month_end, amount, currency, kind in (
        ("Firm US", "2026-04-30", "1600.99", "USD", "revenue"),
        ("Firm US", "2026-05-31", "42", "USD", "revenue"),
        ("Firm US", "2026-05-31", "999", "USD", "receivable"),
        ("Firm UK", "2026-02-28", "80", "GBP", "revenue"),
        ("Firm UK", "2026-03-31", "289.99", "GBP", "revenue"),
    ):
        firm.add(
            "accounting_trial_balance", legal_entity=entity, account_code="4000", account_type=kind, month_end=month_end,
            amount=amount, currency=currency,
        )  # fmt: skip


def small_firm() -> Firm:
    """All of it."""
    firm = Firm()
    for scene in (
        deals_overwritten, two_owners, out_of_order, recreated, lines_astray, posted, priced, references, alike,
        in_the_queue, tied,
    ):  # fmt: skip
        scene(firm)
    return firm
