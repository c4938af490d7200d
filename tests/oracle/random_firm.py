"""Small made-up firms, dense with edge cases, the same for the same seed.

    random_firm(seed, prefix) -> canonical tables (plus the decisions `sold_corrections` and `client_aliases`)
    together(firms) -> one home's tables and `Settings`; write it with `home.write_home`.

Every id starts with the prefix, so that many firms share one home. The CRM and PSA tables are in system `exports`; a
firm's invoices are in `exports` (lines linked to work) or in `books` (no links at all), now and then in both.
Few days are used again and again, so that things coincide.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from .random_billing import Billing
from .records import Firm, Settings

Tables = dict[str, list[dict[str, Any]]]
ZONE = ZoneInfo("America/New_York")
CURRENCIES = ("USD", "USD", "USD", "EUR", "EUR", "GBP", "NOK")
ROLES = ("dev", "qa", "lead")
MOSTLY = ("dev", "dev", "dev", "qa", "qa", "lead", None)
STORIES = ("plain",) * 6 + ("history",) * 4 + ("lost", "lost", "rewon", "rewon", "rewon", "undone", "never", "old")
FIRST_RATE_OF_NOK = date(2026, 3, 20)  # until then NOK has none


def fx_rates() -> list[dict[str, Any]]:
    """Rates shared by all firms: EUR and GBP from the start, NOK late."""
    rates = []
    for currency, start, rate in (("EUR", "1.0873", 5), ("GBP", "1.2741", 7), ("NOK", "0.09437", 3)):
        for month in range(12):
            day = date(2026, 1, 1) + timedelta(days=30 * month - 20)
            if currency != "NOK" or day >= FIRST_RATE_OF_NOK:
                value = Decimal(start) + Decimal(rate * ((month * 7) % 5 - 2)) / 1000 * Decimal(start)
                rates.append({"currency": currency, "rate_date": day, "rate": value, "source_system": "exports"})
    return rates


class Maker:
    """Collects one firm's rows. `pick` and `maybe` are the only sources of chance."""

    def __init__(self, seed: int, prefix: str) -> None:
        self.random = random.Random(seed)
        self.prefix = prefix
        self.tables: Tables = defaultdict(list)
        self.numbers: dict[str, int] = defaultdict(int)
        self.days: list[date] = []
        self.ledger = "books" if self.maybe(0.45) else "exports"

    def maybe(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, things: Any) -> Any:
        return self.random.choice(list(things))

    def id(self, kind: str) -> str:
        self.numbers[kind] += 1
        return f"{self.prefix}{kind}{self.numbers[kind]}"

    def row(self, table: str, system: str = "exports", **columns: Any) -> dict[str, Any]:
        columns["source_system"] = system
        self.tables[table].append(columns)
        return columns

    def ref(self, reference: str, system: str = "exports") -> str:
        """The same reference, now and then with its system's name."""
        return f"{system}:{reference}" if self.maybe(0.15) else reference

    def day(self, earliest: date | None = None) -> date:
        """One of the engagement's few days, preferably not before `earliest`."""
        later = [day for day in self.days if earliest is None or day >= earliest]
        return self.random.choice(later or self.days)

    def moment(self, day: date) -> datetime:
        """A moment on a business day; some are another day in UTC."""
        hour = self.pick((0, 8, 12, 16, 20, 23))
        return datetime.combine(day, time(hour, self.random.randrange(60), self.random.randrange(60)), ZONE)

    def money(self, low: int, high: int) -> Decimal:
        cents = self.pick((0, 0, 0, 50, self.random.randrange(100)))
        return Decimal(self.random.randrange(low, high)) + Decimal(cents) / 100


def random_firm(seed: int, prefix: str) -> Tables:
    """One firm of 1-5 engagements; the same tables for the same seed and prefix."""
    make = Maker(seed, prefix)
    make.row("crm_accounts", account_id=f"{prefix}A1", name=f"Acme {prefix}", tax_id=f"{prefix}TAX")
    make.row("psa_clients", client_id=f"{prefix}C1", name=f"Acme {prefix} Inc", tax_id=f"{prefix}-TAX")
    for role in (*ROLES, None):
        make.row("psa_resources", resource_id=f"{prefix}R{role}", name=str(role), role=role)
    billing = Billing(make)
    for _ in range(make.pick((1, 2, 3, 3, 4, 5))):
        make.days = sorted({date(2026, 1, 5) + timedelta(days=make.random.randrange(170)) for _ in range(10)})
        currency = make.pick(CURRENCIES)
        deals, number = sell(make, currency)
        projects = plan(make, currency, deals, number)
        for project in projects:
            work(make, project)
        billing.bill_engagement(projects, currency)
    billing.firm_wide()
    return dict(make.tables)


def sell(make: Maker, currency: str) -> tuple[list[dict[str, Any]], str]:
    """Up to three deals of one engagement: original ones and change orders."""
    number = f"CO-{make.random.randrange(1, 4)}"
    deals: list[dict[str, Any]] = []
    for _ in range(make.pick((0, 1, 1, 1, 2, 2, 3))):
        deal_id, amount = make.id("D"), make.money(800, 9000)
        is_change = bool(deals) and make.maybe(0.5)
        if is_change:
            amount = amount if make.maybe(0.5) else -amount / 4
        tax = make.pick((None, None, None, Decimal("50.00")))
        if make.maybe(0.75):
            amount = deal_lines(make, deal_id, amount) + (tax or 0)
        created, close = make.days[0] - timedelta(days=make.pick((1, 9))), make.day()
        deal = make.row(
            "crm_deals", deal_id=deal_id, account_id=make.ref(f"{make.prefix}A1"), name=deal_id, stage="x",
            is_closed=True, is_won=True, amount=amount, close_date=close, tax_amount=tax,
            currency=currency if make.maybe(0.85) else make.pick(CURRENCIES), created_at=make.moment(created),
            change_order_number=number if is_change else None,
            parent_deal_id=make.ref(deals[0]["deal_id"]) if deals and make.maybe(0.6) else None,
        )  # fmt: skip
        fate(make, deal)
        if make.maybe(0.12):
            make.row(
                "sold_corrections", deal=make.pick((deal_id, f"exports:{deal_id}")), date=make.day(),
                amount=make.money(-300, 300), reason="typo", approved_by=make.pick(("cfo", "cfo", None)),
            )  # fmt: skip
        deals.append(deal)
    return deals, number


def deal_lines(make: Maker, deal_id: str, amount: Decimal) -> Decimal:
    """Lines of a deal; returns their sum, now and then another amount (then they are not used)."""
    total = Decimal(0)
    for _ in range(make.pick((1, 2, 2, 3))):
        family = "pass_through" if make.maybe(0.2) else "service"
        role = make.pick(MOSTLY)
        hours = Decimal(make.random.randrange(500, 6000)) / 100 if make.maybe(0.75) else None
        part = make.money(300, 4000)
        make.row(
            "crm_deal_lines", deal_line_id=make.id("DL"), deal_id=make.ref(deal_id), family=family, amount=part,
            role=role, hours=hours,
        )  # fmt: skip
        total += part
    return amount if make.maybe(0.15) else total


def fate(make: Maker, deal: dict[str, Any]) -> None:
    """How a deal came to be what it is: won once, lost, won again, never, overwritten."""

    def change(moment: datetime, field: str, old: Any, new: Any) -> None:
        make.row(
            "crm_deal_history", deal_id=make.ref(deal["deal_id"]), changed_at=moment, field=field,
            old_value=None if old is None else str(old).lower(), new_value=str(new).lower(),
        )  # fmt: skip

    story = make.pick(STORIES)
    days = sorted(make.day() for _ in range(3))
    moments = [make.moment(day) for day in days]
    if make.maybe(0.2):
        moments[1] = make.moment(days[0])  # things happen on one day
    moments.sort()
    if story == "never":
        deal["is_won"], deal["is_closed"] = False, make.maybe(0.5)
    elif story in ("history", "lost", "rewon", "undone"):
        change(moments[0], "is_won", False, True)
    if story in ("lost", "rewon"):
        change(moments[1], "is_won", True, False)
    if story == "undone":
        change(moments[0] + timedelta(minutes=1), "is_won", True, False)
    if story == "rewon" and moments[2] > moments[1]:
        change(moments[2], "is_won", False, True)
        if make.maybe(0.7):
            change(moments[2], "amount", deal["amount"] + 250, deal["amount"])
    elif story in ("lost", "rewon", "undone"):
        deal["is_won"] = False
    if story == "old":
        change(moments[1], "is_won", True, False)
        deal["is_won"] = False
        if make.maybe(0.5):
            change(moments[1], "close_date", days[0], deal["close_date"])
    if story in ("plain", "history") and make.maybe(0.25):
        change(make.moment(make.day()), "amount", deal["amount"], deal["amount"] - 100)
        deal["amount"] -= 100


def plan(make: Maker, currency: str, deals: list[dict[str, Any]], number: str) -> list[dict[str, Any]]:
    """Up to three projects that belong to the deals, with status history, milestones and versions."""
    projects = []
    for _ in range(make.pick((1, 1, 1, 2, 2, 3) if deals else (1, 1, 2))):
        linked = make.pick(deals)["deal_id"] if deals and make.maybe(0.85) else None
        by_table = linked is not None and make.maybe(0.3)
        project = make.row(
            "psa_projects", project_id=make.id("P"), client_id=f"{make.prefix}C1", name="p", status="open",
            contract_type=make.pick(("time_and_materials", "time_and_materials", "fixed_fee")),
            currency=currency if make.maybe(0.85) else make.pick(CURRENCIES),
            created_at=make.moment(make.days[0] - timedelta(days=make.pick((1, 5)))),
            crm_deal_id=None if by_table or linked is None else make.ref(linked),
            is_internal=make.pick((None, None, None, None, True)),
        )  # fmt: skip
        if by_table:
            make.row("psa_project_deals", project_id=make.ref(project["project_id"]), deal_id=make.ref(str(linked)))
        statuses(make, project)
        milestones = [
            make.row(
                "psa_milestones", milestone_id=make.id("M"), project_id=make.ref(project["project_id"]), name="m",
                due_date=make.day(), reached_at=make.moment(make.day()) if make.maybe(0.55) else None,
            )
            for _ in range(make.pick((0, 1, 1, 2)))
        ]  # fmt: skip
        project["_milestones"] = [m["milestone_id"] for m in milestones]
        project["_lines"] = versions(make, project, number)
        projects.append(project)
    return projects


def statuses(make: Maker, project: dict[str, Any]) -> None:
    """Paths through draft, open, on hold, closed, cancelled; half of the ends without history."""
    path = make.pick((
        ["open"], ["open"], ["open"], ["draft", "open"], ["draft"], ["draft", "cancelled"], ["open", "on_hold"],
        ["open", "on_hold", "open"], ["open", "on_hold", "open"], ["open", "on_hold", "closed"], ["open", "closed"],
        ["open", "closed"], ["open", "closed", "open"], ["open", "cancelled"], ["draft", "on_hold", "open", "closed"],
    ))  # fmt: skip
    project["status"] = path[-1]
    project["end_date"] = make.day() if make.maybe(0.5) else None
    if len(path) > 1 and (len(path) > 2 or make.maybe(0.7)):
        moments = sorted(make.moment(make.day()) for _ in path[1:])
        for old, new, moment in zip(path, path[1:], moments, strict=False):
            make.row(
                "psa_project_history", project_id=make.ref(project["project_id"]), changed_at=moment, field="status",
                old_value=old, new_value=new,
            )  # fmt: skip
    if make.maybe(0.15):
        old = make.pick(("time_and_materials", "fixed_fee"))
        make.row(
            "psa_project_history", project_id=project["project_id"], changed_at=make.moment(make.day()),
            field="contract_type", old_value=old, new_value=project["contract_type"],
        )  # fmt: skip


def versions(make: Maker, project: dict[str, Any], number: str) -> list[dict[str, Any]]:
    """One to four versions: unexplained, or with a change order; effective in any order, some on one day."""
    lines = [budget_line(make, project, n) for n in range(make.pick((1, 2, 3, 4, 4, 5)))]
    written: list[dict[str, Any]] = []
    effective = [make.day() for _ in range(make.pick((0, 1, 2, 2, 3, 3, 4, 5)))]
    effective = sorted(effective) if make.maybe(0.6) else effective
    first, later = (None, None, None, None, number), (number, number, "CO-9", None, None, None)
    for version, effective_on in enumerate(effective, start=1):
        make.row(
            "psa_budget_versions", project_id=make.ref(project["project_id"]), version=version,
            effective_on=effective_on, approved_by=make.pick(("boss", None)),
            change_order_number=make.pick(later if version > 1 else first),
        )  # fmt: skip
        for line in lines:
            written.append(make.row("psa_budget_lines", **{**line, "version": version}))
        kept = [line for line in lines if len(lines) == 1 or make.maybe(0.7)]
        lines = [
            {**line, "amount": line["amount"] + make.money(-400, 300)} if make.maybe(0.4) else line for line in kept
        ]
        if make.maybe(0.3):
            lines.append(budget_line(make, project, 10 + version))
    return written


def budget_line(make: Maker, project: dict[str, Any], n: int) -> dict[str, Any]:
    kind = make.pick(("time",) * 4 + ("milestone",) * 3 + ("recurring", "recurring", "expense"))
    line: dict[str, Any] = {
        "budget_line_id": f"{make.prefix}LS{n}" if make.maybe(0.3) else make.id("L"),  # the former: in several projects
        "project_id": make.ref(project["project_id"]), "kind": kind, "amount": make.money(200, 3000),
        "planned_date": make.day(),
    }  # fmt: skip
    if kind == "time":
        line["role"] = make.pick(MOSTLY)
        line["planned_hours"] = Decimal(make.random.randrange(300, 4000)) / 100 if make.maybe(0.8) else None
        line["amount"] = Decimal(0) if make.maybe(0.05) else line["amount"]
    if kind == "milestone" and project["_milestones"] and make.maybe(0.9):
        line["milestone_id"] = make.ref(make.pick(project["_milestones"]))
    return line


def work(make: Maker, project: dict[str, Any]) -> None:
    """Time and expenses in every state."""
    project["_time"], project["_expenses"] = [], []
    for _ in range(make.pick((2, 3, 4, 6, 8))):
        state, day, rate = (
            make.pick(("draft", "submitted", "approved", "approved", "approved", "rejected")),
            make.day(),
            None,
        )
        if make.maybe(0.88):
            rate = make.pick((Decimal("95"), Decimal("110.25"), Decimal("87.3333")))
        role = make.pick((*MOSTLY, None))
        entry = make.row(
            "psa_time_entries", time_entry_id=make.id("T"), project_id=make.ref(project["project_id"]),
            resource_id=f"{make.prefix}R{make.pick((*ROLES, None))}", work_date=day,
            hours=Decimal(make.random.randrange(25, 900)) / 100, is_billable=make.maybe(0.85), status=state,
            role=role, bill_rate=rate, non_billable_reason=make.pick((None, "goodwill")), **ends(make, day, state),
        )  # fmt: skip
        project["_time"].append(entry)
    for _ in range(make.pick((0, 1, 1, 2))):
        state, day = make.pick(("submitted", "approved", "approved", "rejected")), make.day()
        expense = make.row(
            "psa_expenses", expense_id=make.id("E"), project_id=make.ref(project["project_id"]), expense_date=day,
            amount=make.money(20, 600), currency=project["currency"] if make.maybe(0.7) else make.pick(CURRENCIES),
            is_billable=make.maybe(0.85), status=state, **ends(make, day, state),
        )  # fmt: skip
        project["_expenses"].append(expense)


def ends(make: Maker, day: date, state: str) -> dict[str, Any]:
    """When work was approved and written off."""
    approved = make.moment(make.pick((day, day, make.day(day)))) if state == "approved" and make.maybe(0.85) else None
    written_off = make.moment(make.day(day)) if make.maybe(0.15) else None
    reason = make.pick((None, "budget")) if written_off else None
    return {"approved_at": approved, "written_off_at": written_off, "write_off_reason": reason}


CHILDREN = {
    "psa_projects": ("psa_budget_versions", "psa_budget_lines", "psa_milestones", "psa_time_entries"),
    "crm_deals": ("crm_deal_lines", "psa_project_deals"),
    "accounting_invoices": ("accounting_invoice_lines",),
}
WITHDRAWN = (
    *CHILDREN, "crm_deal_lines", "psa_project_deals", "psa_budget_versions", "psa_budget_lines", "psa_milestones",
    "psa_time_entries", "psa_expenses", "accounting_invoice_lines", "accounting_line_links", "accounting_payments",
    "accounting_revenue_postings", "accounting_credit_allocations",
)  # fmt: skip


def withdraw(tables: Tables, seed: int, moment: datetime) -> Tables:
    """The same tables after some records were deleted: the second of two loads, at `moment`, no longer holds them.

    Write and load the home without this first; then write it again with what this returns, `exported_at` the moment.
    """
    chance = random.Random(seed)
    result = {table: [dict(row) for row in rows] for table, rows in tables.items()}
    for table in WITHDRAWN:
        for row in result.get(table, []):
            if chance.random() < 0.06:
                row["deleted_at"] = moment
                parent = {
                    "psa_projects": "project_id",
                    "crm_deals": "deal_id",
                    "accounting_invoices": "invoice_id",
                }.get(table)
                if parent and chance.random() < 0.6:  # its parts go with it
                    for part in CHILDREN[table]:
                        for child in result.get(part, []):
                            if str(child.get(parent)).removeprefix("exports:") == row[parent]:
                                child["deleted_at"] = moment
    return result


def together(firms: list[Tables]) -> tuple[Tables, Settings]:
    """Many firms in one home: their tables with the shared rates, and its settings."""
    tables: Tables = defaultdict(list)
    for firm in firms:
        for table, rows in firm.items():
            tables[table] += [{k: v for k, v in row.items() if not k.startswith("_")} for row in rows]
    corrections, aliases = tables.pop("sold_corrections", []), tables.pop("client_aliases", [])
    tables["fx_rates"] += fx_rates()
    settings = Settings(sold_corrections=tuple(corrections), client_aliases=tuple(aliases))
    return dict(tables), settings


def firm_of(*seeds: int) -> Firm:
    """The firms of some seeds in one home, ready to be asked."""
    return Firm(*together([random_firm(seed, f"S{seed}") for seed in seeds]))
