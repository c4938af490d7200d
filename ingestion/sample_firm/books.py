"""What follows from the ledger once all is lived through: rates, trial balance, closed periods, progress,
assignments, tickets and the integration's log."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from ingestion.sample_firm import names
from ingestion.sample_firm.days import add_months, at, month_end, months, next_working
from ingestion.sample_firm.ledger import Ledger, Project, Row, cents

LOG_FROM = date(2026, 3, 1)


def close_books(ledger: Ledger) -> None:
    """Everything of this file, in one order."""
    publish_rates(ledger)
    close_periods(ledger)
    balance(ledger)
    report_progress(ledger)
    assign(ledger)
    log_syncs(ledger)
    open_tickets(ledger)


def publish_rates(ledger: Ledger) -> None:
    """Exchange rates, and the list prices of an hour by legal entity."""
    for (currency, monday), rate in ledger.fx.items():
        ledger.add("fx_rates", "exports", currency=currency, rate_date=monday, rate=rate)
    for entity in names.ENTITIES:
        for currency in ("USD", "EUR", "GBP", "CAD"):
            for role, (_, price, _) in names.ROLES.items():
                ledger.add(
                    "accounting_rate_cards",
                    "exports",
                    role=role,
                    currency=currency,
                    legal_entity=ledger.named(entity),
                    rate=(price * names.PRICE_FACTORS[currency]).quantize(Decimal(1)),
                    effective_from=date(2024, 1, 1),
                    approved_by="Leah Novak",
                )


def close_periods(ledger: Ledger) -> None:
    """Each month of each legal entity is closed on the eighth working day after it."""
    for entity in names.ENTITIES:
        for month in months(names.FIRST_DAY, add_months(names.LAST_DAY, -1)):
            ledger.add(
                "accounting_periods",
                "exports",
                legal_entity=ledger.named(entity),
                month_end=month_end(month),
                closed_at=at(next_working(add_months(month, 1), 7), 17),
            )


def balance(ledger: Ledger) -> None:
    """The trial balance in US dollars: what was posted, month by month. An invoice in both ledgers counts once, as
    QuickBooks holds it. One month of one entity holds a journal that is in no posting."""
    moved: dict[tuple[str, str, date], Decimal] = defaultdict(Decimal)

    def move(row: Row, account: str, amount: Decimal, day: date) -> None:
        slot = (row["legal_entity"], account, month_end(day))
        moved[slot] += cents(amount * (ledger.rate_on(row["currency"], day) or 0))

    twice = {document.rows["exports"]["invoice_id"] for document in ledger.documents if len(document.rows) == 2}
    invoices = {row["invoice_id"]: row for row in ledger.tables["accounting_invoices"]}
    lines = {row["invoice_line_id"]: row for row in ledger.tables["accounting_invoice_lines"]}
    for row in ledger.tables["accounting_revenue_postings"]:
        line = lines.get(row["invoice_line_id"])
        if not (line and line["invoice_id"] in twice):
            move(row, row["account_code"], row["amount"], row["posted_on"])
            if row["source"] == "schedule":
                move(row, names.DEFERRED_ACCOUNT, -row["amount"], row["posted_on"])
    for document in ledger.documents:
        if document.row["posted_at"] and not document.is_void:
            move(document.row, names.RECEIVABLE_ACCOUNT, -document.gross, document.day)
            for line in document.lines[document.row["source_system"]]:
                if line["account_code"] == names.DEFERRED_ACCOUNT:
                    move(document.row, names.DEFERRED_ACCOUNT, line["net_amount"], document.day)
    for row in ledger.tables["accounting_payments"]:
        if row["invoice_id"] and row["invoice_id"] not in twice:
            sign = -1 if row["kind"] == "refund" else 1
            invoice = invoices[row["invoice_id"]]
            move(invoice, names.RECEIVABLE_ACCOUNT, sign * (row["applied_amount"] or row["amount"]), row["paid_on"])
    moved[ledger.named(names.US), "4000", date(2026, 5, 31)] += Decimal(4200)
    types = {names.RECEIVABLE_ACCOUNT: "receivable", names.DEFERRED_ACCOUNT: "deferred_revenue"}
    for (entity, account, end), amount in sorted(moved.items()):
        if end <= names.LAST_DAY and amount:
            ledger.add(
                "accounting_trial_balance",
                "exports",
                legal_entity=entity,
                account_code=account,
                account_type=types.get(account, "revenue"),
                month_end=end,
                amount=amount,
                currency="USD",
            )


def report_progress(ledger: Ledger) -> None:
    """At each month's end of a running project: the share done and the hours left, as its manager sees it."""
    for project in ledger.projects:
        planned = sum((line["planned_hours"] or Decimal(0) for line in project.lines), Decimal(0))
        if not planned or not project.entries:
            continue
        by_month: dict[date, Decimal] = defaultdict(Decimal)
        for entry in project.entries:
            by_month[month_end(entry["work_date"])] += entry["hours"]
        done = Decimal(0)
        for end in sorted(by_month):
            done += by_month[end]
            left = max(planned - done, Decimal(0)) * ledger.random.choice((90, 100, 100, 110)) // 100
            if end <= names.LAST_DAY:
                ledger.add(
                    "psa_progress",
                    "exports",
                    project_id=project.key,
                    reported_on=end,
                    remaining_hours=left,
                    percent_complete=(done / (done + left)).quantize(Decimal("0.0001")) if done + left else Decimal(1),
                )


def assign(ledger: Ledger) -> None:
    """Who was booked on what, week by week: near what was worked, and six weeks ahead for what still runs."""
    weeks: dict[tuple[str, str, date], Decimal] = defaultdict(Decimal)
    ahead: dict[tuple[str, str], Decimal] = {}
    running = {
        project.key
        for project in ledger.projects
        if project.row["status"] == "open" and project.row["end_date"] > names.LAST_DAY + timedelta(days=42)
    }
    for entry in ledger.tables["psa_time_entries"]:
        monday = entry["work_date"] - timedelta(days=entry["work_date"].weekday())
        weeks[entry["resource_id"], entry["project_id"], monday] += entry["hours"]
        if entry["project_id"] in running and monday >= names.LAST_DAY - timedelta(days=15):
            ahead[entry["resource_id"], entry["project_id"]] = Decimal(16)
    for (resource, project), hours in ahead.items():
        for week in range(6):
            monday = names.LAST_DAY - timedelta(days=names.LAST_DAY.weekday() - 7 * week)
            weeks[resource, project, monday] = hours
    for (resource, project, monday), hours in sorted(weeks.items()):
        booked = max(Decimal(4), (hours + ledger.random.choice((-4, 0, 0, 0, 4))) // 4 * 4)
        ledger.add(
            "psa_assignments",
            "exports",
            assignment_id=f"exports:A{ledger.number('assignment')}",
            resource_id=resource,
            project_id=project,
            week_start=monday,
            hours=booked,
        )


def log_syncs(ledger: Ledger) -> None:
    """The integration's log of its last six months: mostly well, sometimes late, failed or turned away."""
    events: list[tuple[str, str, str, str, Row, date]] = []
    for project in ledger.projects:
        created = project.row["created_at"].date()
        if project.row["crm_deal_id"]:
            events.append(
                ("project_creation", "salesforce", project.row["crm_deal_id"], "birdview", project.row, created)
            )
    for document in ledger.documents:
        if document.row["posted_at"] and document.row["type"] == "invoice":
            system = document.row["source_system"]
            key = document.row["invoice_id"]
            events.append(
                ("time_to_billing", "birdview", document.row["customer_id"], system, document.row, document.day)
            )
            events.append(("invoice_posting", system, key, "birdview", document.row, document.day))
    for row in ledger.tables["accounting_payments"]:
        if row["invoice_id"]:
            events.append(
                ("payment_feedback", row["source_system"], row["payment_id"], "birdview", row, row["paid_on"])
            )
    for workflow, source, key, target, _, day in sorted(
        (event for event in events if event[5] >= LOG_FROM), key=lambda event: (event[5], event[2])
    ):
        draw, started = ledger.random.random(), at(day, 17, ledger.random.randrange(60))
        minutes = ledger.random.choice((1, 2, 2, 3, 5, 9, 45)) + (600 if draw > 0.985 else 0)
        status, error = "succeeded", None
        if draw < 0.02:
            status, error = "failed", "Target system timed out"
        elif draw < 0.03:
            status, error = "rejected", "Customer has no matching account"
        ledger.add(
            "sync_events",
            "exports",
            event_id=f"exports:SE{ledger.number('sync event')}",
            workflow=workflow,
            source_system_name=source,
            source_id=key,
            target_system_name=target,
            started_at=started,
            status=status,
            finished_at=started + timedelta(minutes=minutes),
            error=error,
        )


def open_tickets(ledger: Ledger) -> None:
    """Support tickets of running and finished projects; a few still wait."""
    chance, projects = ledger.random, [project for project in ledger.projects if not project.row["is_internal"]]
    for number in range(160):
        project: Project = projects[chance.randrange(len(projects))]
        opened = project.row["start_date"] + timedelta(days=chance.randrange(200))
        if opened > names.LAST_DAY:
            continue
        moment, hours = at(opened, chance.randint(8, 16), chance.randrange(60)), chance.choice((2, 5, 20, 60, 200))
        closed = moment + timedelta(hours=hours * 2)
        is_closed = closed < names.EXPORTED_AT
        ledger.add(
            "support_tickets",
            "exports",
            ticket_id=f"exports:T{ledger.number('ticket')}",
            opened_at=moment,
            status="closed" if is_closed else "open",
            account_id=project.client.account["account_id"],
            project_id=project.key,
            first_replied_at=moment + timedelta(minutes=chance.randint(5, 100)),
            closed_at=closed if is_closed else None,
            priority=chance.choice(("low", "normal", "normal", "high")),
            subject=("Access request", "Report differs", "Login fails", "Question on invoice", "Slow page")[number % 5],
        )
