"""What the oracle's made-up firms lack, added with chance of its own: capacity, cost, assignments, progress, pipeline,
tickets, the integrations' log, cost postings, trial balances, rate cards, and names to group by, many of them empty.

    with_extras(firm, seed, prefix) -> the same firm's tables with more rows and columns; its bridges stay as they were
    changed_later(tables, seed, moment) -> what a second load of them holds: some rows changed, some gone
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.oracle.random_firm import ROLES, Maker, Tables

ENTITIES = ("Northbeam Inc", "Northbeam Inc", "Northbeam BV", None)
PRACTICES = ("Advisory", "Build", None)
PEOPLE = ("Ada", "Ben", "Cleo", None)
MONTH_ENDS = tuple(date(2026, month, 1) - timedelta(days=1) for month in range(2, 7))
WORKFLOWS = ("customer_sync", "project_creation", "time_to_billing", "invoice_posting")


def with_extras(firm: Tables, seed: int, prefix: str) -> Tables:
    """The firm's tables with what they lack. Nothing of it is won, planned, worked, invoiced or paid."""
    make = Maker(10_000 + seed, prefix)
    make.days = sorted({date(2026, 1, 5) + timedelta(days=make.random.randrange(170)) for _ in range(12)})
    make.tables.update({table: list(rows) for table, rows in firm.items()})
    name_things(make)
    open_and_lost_deals(make)
    people(make)
    progress(make)
    ledger(make, firm["accounting_customers"][0]["source_system"])
    service(make)
    return dict(make.tables)


def name_things(make: Maker) -> None:
    """Names to group by. Many are empty, and so is a whole firm's practice now and then."""
    practices = (None,) if make.maybe(0.15) else PRACTICES
    for deal in make.tables["crm_deals"]:
        deal |= {"owner_name": make.pick(PEOPLE), "practice": make.pick(practices), "legal_entity": make.pick(ENTITIES)}
        deal["contract_type"] = make.pick(("time_and_materials", "fixed_fee", None))
    for project in make.tables["psa_projects"]:
        project |= {
            "manager_name": make.pick(PEOPLE), "practice": make.pick(practices), "legal_entity": make.pick(ENTITIES),
        }  # fmt: skip
    if make.maybe(0.5):
        make.tables["crm_accounts"][0]["parent_account_id"] = f"{make.prefix}A0"
        make.row("crm_accounts", account_id=f"{make.prefix}A0", name=f"Acme {make.prefix} Holding")
    if make.maybe(0.5):  # the same company once more, under a name much like it
        make.row("crm_accounts", account_id=f"{make.prefix}A9", name=f"Acme {make.prefix} Incorporated")
    for line in make.tables["accounting_invoice_lines"]:
        line |= {
            "account_code": make.pick(("4000", "4100", None)), "department": make.pick(("North", None)),
            "cost_center": make.pick(("C1", "C2", None)),
        }  # fmt: skip
    for invoice in make.tables["accounting_invoices"]:
        invoice["legal_entity"] = make.pick(ENTITIES)
    for posting in make.tables["accounting_revenue_postings"]:
        posting |= {"legal_entity": make.pick(ENTITIES), "account_code": make.pick(("4000", None))}
    for customer in make.tables["accounting_customers"]:
        customer |= {"legal_entity": make.pick(ENTITIES), "is_on_credit_hold": make.maybe(0.2)}
        customer["updated_at"] = make.moment(make.day())  # since when it is on hold, if it is


def open_and_lost_deals(make: Maker) -> None:
    """Deals that are open (some without an amount, a probability or a rate), and deals lost, some open again since."""
    for _ in range(make.pick((2, 3, 4, 5))):
        is_lost, created = make.maybe(0.4), make.day()
        close = make.day(created)
        deal = make.row(
            "crm_deals", deal_id=make.id("OD"), name="Open",
            account_id=make.ref(f"{make.prefix}A1") if make.maybe(0.9) else "nobody",
            stage=make.pick(("Lost",) if is_lost else ("Proposal", "Verbal")), is_closed=is_lost,
            is_won=False, amount=make.money(500, 9000) if is_lost or make.maybe(0.8) else None, close_date=close,
            currency=make.pick(("USD", "USD", "EUR", "NOK", "JPY")),  # JPY never has a rate
            created_at=make.moment(created), probability=make.pick((None, Decimal("0.25"), Decimal("0.9"))),
            change_order_number=make.pick((None, None, None, "CO-1")), owner_name=make.pick(PEOPLE),
            practice=make.pick(PRACTICES), legal_entity=make.pick(ENTITIES),
        )  # fmt: skip
        later = [day for day in make.days if day > created]

        def change(field: str, old: Any, new: Any, day: date, deal: dict[str, Any] = deal) -> None:
            make.row(
                "crm_deal_history", deal_id=deal["deal_id"], changed_at=make.moment(day), field=field,
                old_value=old, new_value=str(new).lower(),
            )  # fmt: skip

        if later and deal["amount"] is not None and make.maybe(0.5):
            change("amount", deal["amount"] + 100, deal["amount"], make.pick(later))
        if later and deal["probability"] is not None and make.maybe(0.5):
            change("probability", make.pick((None, "0.1")), deal["probability"], make.pick(later))
        if is_lost and len(later) > 2 and make.maybe(0.5):
            change("is_closed", "false", True, later[0])
            if make.maybe(0.4):  # open again, then lost for good
                change("is_closed", "true", False, later[1])
                change("is_closed", "false", True, later[2])


def people(make: Maker) -> None:
    """Weekly hours (40, part of a week, none, unknown), what an hour costs, and who is booked for what."""
    for resource in make.tables["psa_resources"]:
        resource |= {
            "weekly_capacity_hours": make.pick((Decimal("40"), Decimal("37.5"), Decimal("16"), Decimal(0), None)),
            "start_date": make.pick((date(2025, 12, 1), make.day())), "practice": make.pick(PRACTICES),
            "end_date": make.pick((None, None, make.days[-2])), "legal_entity": make.pick(ENTITIES),
        }  # fmt: skip
        since = date(2025, 6, 1) if make.maybe(0.8) else make.days[3]
        for day in (since, make.days[5])[: make.pick((0, 1, 1, 2))]:
            make.row(
                "psa_cost_rates", resource_id=resource["resource_id"], hourly_cost=make.money(30, 90),
                currency=make.pick(("USD", "USD", "EUR", "NOK")), effective_from=day,
            )  # fmt: skip
    for expense in make.tables.get("psa_expenses", []):
        expense["resource_id"] = make.pick((None, f"{make.prefix}Rdev"))
    for _ in range(make.pick((4, 8, 12))):
        monday = date(2026, 1, 5) + timedelta(weeks=make.random.randrange(24))
        make.row(
            "psa_assignments", assignment_id=make.id("AS"), week_start=monday, hours=make.money(2, 40),
            resource_id=f"{make.prefix}R{make.pick((*ROLES, None, 'gone'))}", role=make.pick((None, *ROLES)),
            project_id=make.ref(make.pick(make.tables["psa_projects"])["project_id"]),
        )  # fmt: skip


def progress(make: Maker) -> None:
    """Progress reports of most projects, on some days, now and then without hours."""
    for project in make.tables["psa_projects"]:
        for day in sorted(make.random.sample(make.days, k=make.pick((0, 1, 2, 3)))):
            make.row(
                "psa_progress", project_id=make.ref(project["project_id"]), reported_on=day,
                percent_complete=Decimal("0.5"), remaining_hours=make.money(0, 60) if make.maybe(0.9) else None,
            )  # fmt: skip


def ledger(make: Maker, system: str) -> None:
    """Costs, trial balances, closed months, rate cards and rejected invoices."""
    projects = [project["project_id"] for project in make.tables["psa_projects"]]
    for _ in range(make.pick((1, 3, 5))):
        make.row(
            "accounting_cost_postings", system, posting_id=make.id("CP"), posted_on=make.day(),
            amount=make.money(-50, 800), currency=make.pick(("USD", "EUR", "NOK")), description="subcontractor",
            project_id=make.pick((*projects, None, f"{make.prefix}nobody")), account_code=make.pick(("6000", None)),
        )  # fmt: skip
    for month_end in MONTH_ENDS:
        for kind in ("deferred_revenue", "revenue"):
            make.row(
                "accounting_trial_balance", system, legal_entity=f"Entity of {make.prefix}", account_code=kind[:4],
                account_type=kind, month_end=month_end, amount=make.money(-500, 900),
                currency=make.pick(("USD", "EUR")),
            )  # fmt: skip
        if make.maybe(0.5):
            make.row(
                "accounting_periods", system, legal_entity=f"Entity of {make.prefix}", month_end=month_end,
                closed_at=make.moment(month_end + timedelta(days=9)),
            )  # fmt: skip
    for number in range(make.pick((1, 2, 3))):
        named = {"legal_entity": "Northbeam BV", "client_id": f"{make.prefix}C1", "project_id": make.pick(projects)}
        scope = make.pick([{}, *({column: value} for column, value in named.items())])
        make.row(
            "accounting_rate_cards", system, role=make.pick(ROLES), currency=make.pick(("USD", "EUR")),
            rate=make.money(80, 200), effective_from=make.days[number], approved_by=make.pick(("cfo", None)),
            effective_to=make.pick((None, make.days[-1])), **scope,
        )  # fmt: skip
    for status in ("rejected", "draft")[: make.pick((0, 1, 2))]:
        invoice = make.row(
            "accounting_invoices", system, invoice_id=make.id("RJ"), customer_id=f"{make.prefix}K1", type="invoice",
            status=status, invoice_date=make.day(), currency="USD", legal_entity=make.pick(ENTITIES),
        )  # fmt: skip
        make.row(
            "accounting_invoice_lines", system, invoice_line_id=make.id("RJL"), invoice_id=invoice["invoice_id"],
            kind="time", net_amount=make.money(50, 400), project_id=make.pick(projects),
        )  # fmt: skip


def service(make: Maker) -> None:
    """Tickets of an account, a project, both or nobody; and the integrations' log."""
    for _ in range(make.pick((2, 4, 6))):
        opened = make.moment(make.day())
        project = make.pick(make.tables["psa_projects"])["project_id"]
        make.row(
            "support_tickets", ticket_id=make.id("TK"), opened_at=opened, status="open",
            priority=make.pick(("high", None)), account_id=make.pick((None, f"{make.prefix}A1")),
            project_id=make.pick((None, make.ref(project), "nobody")),
            closed_at=opened + timedelta(hours=make.random.randrange(400)) if make.maybe(0.6) else None,
        )  # fmt: skip
    for _ in range(make.pick((3, 6, 9))):
        event(make, make.pick(WORKFLOWS), f"{make.prefix}D1", make.day())
    for payment in make.tables.get("accounting_payments", []):
        if make.maybe(0.4):
            event(make, "payment_feedback", payment["payment_id"], make.day(payment["paid_on"]))


def event(make: Maker, workflow: str, source_id: str, day: date) -> None:
    started, status = make.moment(day), make.pick(("succeeded", "succeeded", "failed", "rejected", "pending"))
    make.row(
        "sync_events", event_id=make.id("EV"), workflow=workflow, source_system_name=make.ledger, source_id=source_id,
        target_system_name="exports", started_at=started, status=status, error=None if status == "succeeded" else "no",
        finished_at=None if status == "pending" else started + timedelta(minutes=make.random.randrange(2000)),
    )  # fmt: skip


GOES_AWAY = (
    "psa_assignments", "psa_progress", "psa_cost_rates", "accounting_cost_postings", "support_tickets", "sync_events",
)  # fmt: skip


def changed_later(tables: Tables, seed: int, moment: datetime) -> Tables:
    """The same tables, some of whose added rows were deleted by `moment`, and some assignments of other hours."""
    chance = random.Random(seed)
    result = {table: [dict(row) for row in rows] for table, rows in tables.items()}
    for table in GOES_AWAY:
        for row in result.get(table, []):
            if chance.random() < 0.08:
                row["deleted_at"] = moment
    for row in result["psa_assignments"]:
        if chance.random() < 0.3:
            row["hours"] += 5
    return result
