"""Events of planning and delivery, as the PSA (Birdview) and the planning workbook beside it know them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ingestion.sample_firm import names
from ingestion.sample_firm.days import at, month_end, months, next_working, working_days
from ingestion.sample_firm.ledger import Client, Ledger, Person, Project, Row

FULL_DAY = Decimal(8)


@dataclass
class PlanLine:
    """A line of a budget: what falls due when. Milestones name theirs; time names its role and hours."""

    kind: str
    amount: Decimal
    on: date
    role: str | None = None
    hours: Decimal | None = None
    rate: Decimal | None = None
    milestone: Row | None = None


def time_line(role: str | None, hours: int | Decimal, rate: int | Decimal, on: date) -> PlanLine:
    """So many hours of a role at a rate, due on that day."""
    return PlanLine("time", Decimal(hours) * Decimal(rate), on, role, Decimal(hours), Decimal(rate))


def money_line(kind: str, amount: int | Decimal, on: date, milestone: Row | None = None) -> PlanLine:
    """An amount due on that day: a milestone's, a recurring fee or expected expenses."""
    return PlanLine(kind, Decimal(amount), on, milestone=milestone)


def hire(ledger: Ledger) -> None:
    """The firm's sixty people, with what an hour of each costs and the days they take off."""
    count = 0
    for role, (headcount, _, cost) in names.ROLES.items():
        for _ in range(headcount):
            first = names.FIRST_NAMES[count % len(names.FIRST_NAMES)]
            last = names.LAST_NAMES[count * 7 % len(names.LAST_NAMES)]
            entity = (names.US, names.UK, names.US, names.CANADA)[count % 4]
            hourly = Decimal(cost + ledger.random.randrange(-8, 9))
            resource = ledger.add(
                "psa_resources",
                "birdview",
                resource_id=f"birdview:{ledger.number('user', 11)}",
                name=f"{first} {last}",
                role=role,
                practice=names.PRACTICES[count % 4],
                legal_entity=ledger.named(entity),
                weekly_capacity_hours=Decimal(40),
                start_date=date(2022 + count % 3, 1 + count % 8, 1),
            )
            for year, raised in ((2024, Decimal(1)), (2026, Decimal("1.04"))):
                ledger.add(
                    "psa_cost_rates",
                    "exports",
                    resource_id=resource["resource_id"],
                    currency="USD",
                    hourly_cost=(hourly * raised).quantize(Decimal("0.01")),
                    effective_from=date(year, 1, 1),
                )
            person = Person(resource, role, hourly)
            for month in months(names.FIRST_DAY, names.LAST_DAY):
                start = month + timedelta(days=ledger.random.randrange(20))
                person.days_off.update(working_days(start, start + timedelta(days=ledger.random.choice((0, 1, 1, 4)))))
            ledger.people.append(person)
            count += 1


def start_project(
    ledger: Ledger,
    client: Client,
    name: str,
    created: date,
    deal: Row | None = None,
    *,
    contract_type: str = "time_and_materials",
    currency: str | None = None,
    practice: str = "Data",
    start: date | None = None,
    end: date | None = None,
    is_internal: bool = False,
    status: str = "open",
) -> Project:
    """A new project in the PSA, linked to its deal if there is one."""
    number = ledger.number("project", 1001)
    created_at = at(created, 10, number % 60)
    row = ledger.add(
        "psa_projects",
        "birdview",
        project_id=f"birdview:{number}",
        client_id=client.psa_client["client_id"],
        name=f"NB-{number} {name}",
        status=status,
        contract_type=contract_type,
        currency=currency or client.currency,
        created_at=created_at,
        crm_deal_id=deal["deal_id"] if deal else None,
        project_code=f"NB-{number}",
        template_name=None if is_internal else "Standard delivery",
        is_internal=is_internal,
        legal_entity=ledger.named(client.entity),
        practice=practice,
        manager_name=names.MANAGERS[number % len(names.MANAGERS)],
        start_date=start or created,
        end_date=end or created + timedelta(days=180),
        updated_at=created_at,
    )
    project = Project(row, client)
    ledger.projects.append(project)
    return project


def link_deal(ledger: Ledger, project: Project, deal: Row) -> None:
    """A further deal that the project delivers."""
    ledger.add("psa_project_deals", "exports", project_id=project.key, deal_id=deal["deal_id"])


def change_project(ledger: Ledger, project: Project, when: datetime, field: str, value: Any) -> None:
    """A dated change of a project's status, contract type, deal or end date."""
    old = project.row[field]
    as_text = [v.isoformat() if isinstance(v, date) else v for v in (old, value)]
    ledger.add(
        "psa_project_history",
        "exports",
        project_id=project.key,
        changed_at=when,
        field=field,
        old_value=as_text[0],
        new_value=as_text[1],
        changed_by=project.row["manager_name"],
    )
    project.row[field] = value
    project.row["updated_at"] = when


def milestone(ledger: Ledger, project: Project, name: str, due: date) -> Row:
    """A milestone of the project; it is reached by `reach`."""
    row = ledger.add(
        "psa_milestones",
        "birdview",
        milestone_id=f"birdview:{ledger.number('task', 50001)}",
        project_id=project.key,
        name=name,
        due_date=due,
        _created_at=project.row["created_at"],
    )
    project.milestones.append(row)
    return row


def reach(row: Row, day: date) -> None:
    """The milestone is reached on that day."""
    row["reached_at"] = at(day, 15)


def approve_budget(
    ledger: Ledger,
    project: Project,
    effective_on: date,
    lines: list[PlanLine],
    *,
    version: int | None = None,
    change_order: str | None = None,
    reason: str | None = None,
    approved_by: str | None = None,
    created: datetime | None = None,
) -> None:
    """A version of the budget, which restates the whole of it. Rates off the list get a card of the project's own."""
    project.version = version or project.version + 1
    ledger.add(
        "psa_budget_versions",
        "exports",
        project_id=project.key,
        version=project.version,
        effective_on=effective_on,
        created_at=created or at(effective_on, 9, project.version),
        change_order_number=change_order,
        reason=reason,
        approved_by=approved_by,
    )
    project.lines = []
    for line in lines:
        project.lines.append(
            ledger.add(
                "psa_budget_lines",
                "exports",
                budget_line_id=f"exports:BL{ledger.number('budget line')}",
                project_id=project.key,
                version=project.version,
                kind=line.kind,
                amount=line.amount,
                planned_date=line.on,
                role=line.role,
                planned_hours=line.hours,
                planned_rate=line.rate,
                milestone_id=line.milestone["milestone_id"] if line.milestone else None,
            )
        )
        if line.role and line.rate and project.rates.setdefault(line.role, line.rate) != line.rate:
            project.rates[line.role] = line.rate
    agree_rates(ledger, project, effective_on)


def agree_rates(ledger: Ledger, project: Project, from_day: date) -> None:
    """A rate card of the project's own for each rate that is not the list's."""
    currency = project.row["currency"]
    for role, rate in project.rates.items():
        own = (project.key, role, rate)
        if rate != list_rate(role, currency) and ledger.first_time(own):
            ledger.add(
                "accounting_rate_cards",
                "exports",
                role=role,
                currency=currency,
                rate=rate,
                effective_from=from_day,
                legal_entity=project.row["legal_entity"],
                project_id=project.key,
                approved_by="Leah Novak",
            )


def list_rate(role: str, currency: str) -> Decimal:
    """The list price of an hour of the role in that currency."""
    return (names.ROLES[role][1] * names.PRICE_FACTORS[currency]).quantize(Decimal(1))


def log_time(
    ledger: Ledger,
    project: Project,
    person: Person,
    day: date,
    hours: Decimal,
    *,
    role: str | None = None,
    rate: Decimal | None = None,
    billable: bool = True,
    reason: str | None = None,
    status: str = "submitted",
) -> Row:
    """Someone logs hours on a day; `role` only where they worked as another than their own."""
    logged = at(day, 16, 30)
    entry = ledger.add(
        "psa_time_entries",
        "birdview",
        time_entry_id=f"birdview:{ledger.number('time entry', 900001)}",
        project_id=project.key,
        resource_id=person.resource["resource_id"],
        work_date=day,
        hours=hours,
        is_billable=billable,
        status=status,
        role=role if role != person.role else None,
        bill_rate=rate,
        submitted_at=None if status == "draft" else logged + timedelta(hours=1),
        non_billable_reason=reason,
        _created_at=logged,
        _task=role or person.role,
    )
    project.entries.append(entry)
    slot = (person.resource["resource_id"], day)
    ledger.hours_used[slot] = ledger.hours_used.get(slot, Decimal(0)) + hours
    return entry


def work(
    ledger: Ledger,
    project: Project,
    role: str,
    hours: int | Decimal,
    first: date,
    last: date,
    *,
    approve: bool = True,
    full_days: bool = True,
    rate: Decimal | None = None,
    **entry: Any,
) -> list[Row]:
    """Spread hours of a role over the working days, by whoever of that role is free; days after the export never
    happen. Approved on the Tuesday after each week unless `approve` is false. Returns the entries."""
    left, entries = Decimal(hours), []
    rate = project.rates.get(role) if rate is None else rate or None
    own = [p for p in ledger.people if p.role == role]
    key = {id(p): int(p.resource["resource_id"].split(":")[1]) for p in ledger.people}
    offset = int(project.key.split(":")[1])
    own.sort(key=lambda p: (p.resource["legal_entity"] != project.row["legal_entity"], (key[id(p)] + offset) % 7))
    for person in own:
        for day in working_days(first, min(last, names.LAST_DAY)):
            if left <= 0:
                break
            free = FULL_DAY - ledger.hours_used.get((person.resource["resource_id"], day), Decimal(0))
            if free < 2 or day in person.days_off:
                continue
            wish = FULL_DAY if full_days else ledger.random.choice((FULL_DAY, FULL_DAY, Decimal("7.5"), Decimal("6.5")))
            worked = min(free, wish, left)
            entries.append(log_time(ledger, project, person, day, worked, role=role, rate=rate, **entry))
            left -= worked
    if approve:
        for row in entries:
            approve_time(row, next_tuesday(row["work_date"]))
    return entries


def next_tuesday(day: date) -> date:
    """The Tuesday after the day's week: when the timesheets of that week are approved."""
    return next_working(day + timedelta(days=8 - day.weekday()))


def approve_time(row: Row, day: date) -> None:
    """Time or an expense is approved on that day, unless that day is still to come."""
    if day <= names.LAST_DAY:
        row["status"], row["approved_at"] = "approved", at(day, 11)


def reject_time(row: Row) -> None:
    """Time is rejected; what approved it once stays on the record."""
    row["status"] = "rejected"


def write_off(row: Row, day: date, reason: str | None = None) -> None:
    """Time or an expense is given up on that day."""
    row["written_off_at"], row["write_off_reason"] = at(day, 14), reason


def spend(
    ledger: Ledger, project: Project, day: date, amount: Decimal, *, approve: bool = True, billable: bool = True
) -> Row:
    """Someone spends money for the client on that day; approved a week later."""
    person = ledger.people[ledger.random.randrange(len(ledger.people))]
    row = ledger.add(
        "psa_expenses",
        "exports",
        expense_id=f"exports:EX{ledger.number('expense')}",
        project_id=project.key,
        expense_date=day,
        amount=amount,
        currency=project.row["currency"],
        is_billable=billable,
        status="submitted",
        resource_id=person.resource["resource_id"],
    )
    project.expenses.append(row)
    if approve:
        approve_time(row, next_working(day + timedelta(days=7)))
    return row


def spread_months(role: str, hours: int, rate: Decimal, first: date, last: date) -> list[PlanLine]:
    """Plan lines of a role, one at each month's end, in whole hours that add up."""
    starts = list(months(first, last))
    each, rest = divmod(hours, len(starts))
    return [
        time_line(role, each + (rest if month == starts[-1] else 0), rate, min(month_end(month), last))
        for month in starts
    ]
