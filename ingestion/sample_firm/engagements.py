"""The healthy bulk of the firm: an engagement sold, planned, delivered, billed and paid, of each contract type.

Everything here is plausible and mostly goes well; what goes wrong on purpose is in the scenarios.
"""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from ingestion.sample_firm import names
from ingestion.sample_firm.billed import Line, post, spread
from ingestion.sample_firm.billing_run import bill_approved, send
from ingestion.sample_firm.days import add_months, at, month_end, months, next_working
from ingestion.sample_firm.ledger import Client, Ledger, Project, Row
from ingestion.sample_firm.planned import (
    PlanLine,
    approve_budget,
    change_project,
    list_rate,
    milestone,
    money_line,
    reach,
    spend,
    spread_months,
    start_project,
    time_line,
    work,
    write_off,
)
from ingestion.sample_firm.sold import DealLine, hours_line, lose_deal, move_deal, open_deal, sell

SUBJECTS = [
    "Claims platform",
    "Data warehouse",
    "Cloud migration",
    "Pricing model",
    "Customer portal",
    "Reporting revamp",
    "Network rollout",
    "Supply chain study",
    "Mobile app",
    "Security review",
    "ERP rollout",
    "Demand forecast",
    "Operating model",
    "Contact centre",
    "Integration hub",
    "Master data",
    "Field service app",
    "Cost programme",
]
WRITE_OFF_REASONS = ["Agreed discount", "Rework at our cost", None]
NON_BILLABLE_REASONS = ["Onboarding at our cost", "Rework at our cost", None]


def shares(total: int, sizes: list[int], ledger: Ledger) -> list[int]:
    """A whole number split into whole parts of about these sizes that add up to it."""
    weights = [size * ledger.random.randint(3, 5) for size in sizes]
    split = [total * weight // sum(weights) for weight in weights]
    split[0] += total - sum(split)
    return split


def restate(lines: list[Row]) -> list[PlanLine]:
    """The lines of the newest version, to be changed into the next."""
    return [
        PlanLine(
            line["kind"],
            line["amount"],
            line["planned_date"],
            line["role"],
            line["planned_hours"],
            line["planned_rate"],
            None,
        )
        for line in lines
    ]


def time_and_materials(ledger: Ledger, client: Client, won: date, hours: int) -> Project:
    """Hours of a few roles at agreed rates, planned by month, billed monthly as approved."""
    chance = ledger.random
    subject, practice = chance.choice(SUBJECTS), chance.choice(names.PRACTICES)
    roles = list(dict.fromkeys(chance.choices(list(names.ROLES), [r[0] for r in names.ROLES.values()], k=4)))[:3]
    discount = Decimal("0.9") if chance.random() < 0.2 else Decimal(1)
    rates = {role: (list_rate(role, client.currency) * discount).quantize(Decimal(1)) for role in roles}
    start = next_working(won + timedelta(days=chance.randint(6, 20)))
    last = month_end(add_months(start, max(2, hours // chance.randint(150, 260)) - 1))
    split = dict(zip(roles, shares(hours, [names.ROLES[role][0] for role in roles], ledger), strict=True))
    lines = [hours_line(role, split[role], rates[role]) for role in roles]
    travel = Decimal(hours * chance.randint(2, 6)) if chance.random() < 0.35 else Decimal(0)
    if travel:
        lines.append(DealLine(travel, family="pass_through"))
    deal = sell(
        ledger,
        client,
        subject,
        lines,
        won,
        created=won - timedelta(days=chance.randint(25, 110)),
        practice=practice,
        start=start,
        end=last,
    )
    early = timedelta(days=-3 if chance.random() < 0.04 else chance.randint(1, 9))
    project = start_project(ledger, client, subject, won + early, deal, practice=practice, start=start, end=last)
    plan = [
        line
        for role in roles
        for line in spread_months(role, handed_over(ledger, split[role]), rates[role], start, last)
    ]
    if travel:
        plan.append(money_line("expense", travel, last))
    approve_budget(ledger, project, won + timedelta(days=max(2, early.days + chance.randint(0, 6))), plan)
    if chance.random() < 0.35 and (last - start).days > 100:
        change_scope(ledger, client, project, deal, start + (last - start) * chance.randint(3, 6) // 10, last)
    deliver(ledger, project, start, last, chance.choice([1.0, 0.97, 1.02, 0.94, 1.05, 1.0, 1.12]))
    for month in months(start, min(last, names.LAST_DAY)):
        if travel and chance.random() < 0.8:
            day = next_working(month + timedelta(days=chance.randint(3, 20)))
            if start <= day <= names.LAST_DAY:
                spend(ledger, project, day, Decimal(chance.randint(8, 60)) * travel / 200)
    lag, every = chance.randint(2, 6), 2 if chance.random() < 0.06 else 1
    for index, month in enumerate(months(add_months(start, 1), add_months(last, 2))):
        if index % every == every - 1:
            day = next_working(month, lag)
            ledger.later(day, partial(bill_approved, ledger, project, day))
    close(ledger, project, last)
    return project


def handed_over(ledger: Ledger, hours: int) -> int:
    """What the plan makes of the hours sold: mostly the same."""
    return hours if ledger.random.random() < 0.9 else hours * ledger.random.choice((92, 96, 105)) // 100


def change_scope(ledger: Ledger, client: Client, project: Project, deal: Row, day: date, last: date) -> None:
    """A change order: more (seldom fewer) hours in the months to come, mostly signed, mostly planned at once."""
    chance, day = ledger.random, next_working(day)
    if day > names.LAST_DAY:
        return
    percent = chance.choice((15, 25, 35, 20, -15))
    plan = restate(project.lines)
    more: dict[tuple[str | None, Decimal], Decimal] = {}
    for line in plan:
        if line.kind == "time" and line.on > day and line.hours and line.rate:
            extra = line.hours * percent // 100
            line.hours, line.amount = line.hours + extra, line.amount + extra * line.rate
            more[line.role, line.rate] = more.get((line.role, line.rate), Decimal(0)) + extra
    lines = [DealLine(hours * rate, role, hours, rate) for (role, rate), hours in more.items() if hours]
    if not lines:
        return
    approve_budget(
        ledger,
        project,
        day,
        plan,
        change_order="CO-1",
        reason="Scope agreed with the client",
        approved_by=project.row["manager_name"],
    )
    signed = next_working(day + timedelta(days=chance.randint(-12, 15)))
    if chance.random() < 0.88 and signed <= names.LAST_DAY:
        sell(
            ledger,
            client,
            f"{deal['name']} change order 1",
            lines,
            signed,
            created=signed - timedelta(days=16),
            practice=deal["practice"],
            parent=deal,
            change_order="CO-1",
            start=day,
            end=last,
        )


def deliver(ledger: Ledger, project: Project, first: date, last: date, pace: float) -> None:
    """Work the plan month by month at a pace; a few entries are odd, and the last weeks still wait for approval."""
    hours: dict[tuple[date, str], Decimal] = {}
    for line in project.lines:
        if line["kind"] == "time" and line["role"] and line["planned_hours"]:
            slot = (add_months(line["planned_date"], 0), line["role"])
            hours[slot] = hours.get(slot, Decimal(0)) + line["planned_hours"]
    for (month, role), planned in sorted(hours.items()):
        if month > names.LAST_DAY:
            continue
        begin, end = max(month, first), min(month_end(month), last)
        share = min(1.0, max(0.0, ((names.LAST_DAY - begin).days + 1) / ((end - begin).days + 1)))
        wanted = Decimal(round(float(planned) * pace * share * ledger.random.uniform(0.95, 1.05) * 2)) / 2
        odd(
            ledger,
            project,
            work(
                ledger,
                project,
                role,
                wanted,
                begin,
                end,
                full_days=False,
                rate=project.rates.get(role) or list_rate(role, project.row["currency"]),
            ),
        )


def odd(ledger: Ledger, project: Project, entries: list[Row]) -> None:
    """Small irregularities: rejected, unapproved, non-billable, written off, without a rate; the newest are drafts."""
    chance = ledger.random
    for entry in entries:
        draw, day = chance.random(), entry["work_date"]
        if day > names.LAST_DAY - timedelta(days=2):
            entry["status"], entry["submitted_at"] = "draft", None
        elif draw < 0.004:
            entry["status"] = "rejected"
        elif draw < 0.010 and day > names.LAST_DAY - timedelta(days=200):
            entry["status"], entry["approved_at"] = "submitted", None
        elif draw < 0.030:
            entry["is_billable"], entry["non_billable_reason"] = False, chance.choice(NON_BILLABLE_REASONS)
        elif draw < 0.034 and entry["approved_at"]:
            write_off(entry, min(day + timedelta(days=15), names.LAST_DAY), chance.choice(WRITE_OFF_REASONS))
        elif draw < 0.035:
            entry["bill_rate"] = None


def fixed_fee(ledger: Ledger, client: Client, won: date, hours: int) -> Project:
    """A fee by milestones: time is cost, revenue follows a monthly schedule."""
    chance = ledger.random
    subject, practice = chance.choice(SUBJECTS), chance.choice(names.PRACTICES)
    fee = Decimal(hours * 172 // 1000 * 1000) * names.PRICE_FACTORS[client.currency]
    start = next_working(won + timedelta(days=chance.randint(5, 15)))
    last = month_end(add_months(start, max(3, hours // 220) - 1))
    deal = sell(
        ledger,
        client,
        subject,
        [DealLine(fee)],
        won,
        created=won - timedelta(days=chance.randint(30, 120)),
        contract_type="fixed_fee",
        practice=practice,
        start=start,
        end=last,
    )
    project = start_project(
        ledger,
        client,
        subject,
        won + timedelta(days=chance.randint(1, 6)),
        deal,
        contract_type="fixed_fee",
        practice=practice,
        start=start,
        end=last,
    )
    count = chance.randint(3, 5)
    amounts = [cents_thousands(fee, share) for share in shares(100, [1] * count, ledger)]
    amounts[-1] += fee - sum(amounts)
    plan = []
    for index, amount in enumerate(amounts, start=1):
        due = next_working(start + (last - start) * index // count - timedelta(days=8))
        step = milestone(ledger, project, f"Milestone {index} of {count}", due)
        plan.append(money_line("milestone", amount, due, step))
        reached = next_working(due + timedelta(days=chance.choice((-4, 0, 2, 5, 9, 20))))
        if reached <= names.LAST_DAY:
            reach(step, reached)
            billed_on = next_working(reached, chance.randint(1, 6))
            line = Line(
                "milestone",
                amount,
                project,
                [("milestone", step["milestone_id"])],
                on=reached,
                description=step["name"],
                account_code=names.DEFERRED_ACCOUNT,
            )
            ledger.later(billed_on, partial(send, ledger, project, billed_on, [line]))
    plan += cost_lines(ledger, hours, start, last)
    approve_budget(ledger, project, won + timedelta(days=chance.randint(7, 14)), plan)
    deliver(ledger, project, start, last, chance.choice([0.9, 1.0, 1.05, 1.25]))
    month_list = list(months(start, last))
    for month, part in zip(month_list, spread(fee, [Decimal(1)] * len(month_list)), strict=True):
        if month_end(month) <= names.LAST_DAY:
            post(ledger, project, month_end(month), part, account="4100", posted_by="Revenue schedule")
    close(ledger, project, last)
    return project


def cents_thousands(fee: Decimal, percent: int) -> Decimal:
    """That share of a fee, in whole hundreds."""
    return Decimal(int(fee * percent / 10000) * 100)


def cost_lines(ledger: Ledger, hours: int, first: date, last: date) -> list[PlanLine]:
    """Planned hours that bill nothing: the effort behind a fee."""
    roles = list(dict.fromkeys(ledger.random.choices(list(names.ROLES), [r[0] for r in names.ROLES.values()], k=3)))[:2]
    lines = []
    for role, part in zip(roles, shares(hours, [names.ROLES[role][0] for role in roles], ledger), strict=True):
        for line in spread_months(role, part, Decimal(0), first, last):
            lines.append(time_line(role, line.hours or 0, 0, line.on))
    return lines


def recurring(ledger: Ledger, client: Client, won: date, hours: int) -> Project:
    """A monthly fee billed on the first of the month; time is cost."""
    chance = ledger.random
    practice, count = chance.choice(names.PRACTICES), chance.choice((12, 12, 18))
    fee = Decimal(hours // count * 165 // 100 * 100) * names.PRICE_FACTORS[client.currency]
    start = add_months(won + timedelta(days=10), 1)
    last = month_end(add_months(start, count - 1))
    deal = sell(
        ledger,
        client,
        "Managed service",
        [DealLine(fee * count)],
        won,
        contract_type="recurring",
        practice=practice,
        start=start,
        end=last,
    )
    project = start_project(
        ledger,
        client,
        "Managed service",
        won + timedelta(days=chance.randint(1, 5)),
        deal,
        contract_type="recurring",
        practice=practice,
        start=start,
        end=last,
    )
    plan = [money_line("recurring", fee, month) for month in months(start, last)]
    approve_budget(ledger, project, won + timedelta(days=6), plan + cost_lines(ledger, hours, start, last))
    for line in project.lines[:count]:
        day = next_working(line["planned_date"], chance.choice((0, 0, 1, 2)))
        billed = Line(
            "recurring",
            fee,
            project,
            [("budget_line", line["budget_line_id"])],
            on=line["planned_date"],
            description=f"Managed service, {line['planned_date']:%B %Y}",
        )
        ledger.later(day, partial(send, ledger, project, day, [billed]))
    deliver(ledger, project, start, last, chance.choice([0.9, 1.0, 1.1]))
    close(ledger, project, last)
    return project


def close(ledger: Ledger, project: Project, last: date) -> None:
    """The project is closed some weeks after its last day, if that has come."""
    day = next_working(last + timedelta(days=35))
    if day <= names.LAST_DAY:
        change_project(ledger, project, at(day, 14), "status", "closed")


def pursue(ledger: Ledger, client: Client, created: date) -> None:
    """A deal that is lost, or is still open on the last day."""
    chance = ledger.random
    role = chance.choice(list(names.ROLES))
    deal = open_deal(
        ledger,
        client,
        chance.choice(SUBJECTS),
        [hours_line(role, chance.randint(2, 15) * 50, list_rate(role, client.currency))],
        created,
        practice=chance.choice(names.PRACTICES),
        closes=created + timedelta(days=90),
    )
    closed = created + timedelta(days=chance.randint(30, 120))
    for stage, day in (("Proposal", created + timedelta(days=14)), ("Negotiation", created + timedelta(days=25))):
        if day <= names.LAST_DAY and chance.random() < 0.8:
            move_deal(ledger, deal, at(day, 15), stage)
    if closed <= names.LAST_DAY:
        lose_deal(ledger, deal, closed)
