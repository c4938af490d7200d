"""The oracle's answer: every number of every engagement as of any day, worked out from scratch for that day.

    firm = Firm(tables, Settings(...))
    answer = evaluate(firm, date(2026, 3, 31))
    answer.metrics["deal:exports:D1"]["sold_revenue"]; answer.drivers["deal:exports:D1"]["sold_to_planned"]["fx"]

`evaluate` asserts that the drivers of every bridge add up exactly to end minus start, for every engagement.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .collected import all_money, billed_to_collected, due_date, money_in, payment_ledgers
from .engagements import Engagement, engagements
from .invoices import billed, billed_in, stands
from .items import Item, total
from .planned_billed import planned_to_billed
from .recognized import billed_here, billed_to_recognized, posting_ledgers, postings, postings_in
from .records import ZERO, Firm, Row, after, group
from .sold_planned import planned_on, sold_on, sold_to_planned
from .work import project_of

BRIDGES = {
    "sold_to_planned": sold_to_planned,
    "planned_to_billed": planned_to_billed,
    "billed_to_recognized": billed_to_recognized,
    "billed_to_collected": billed_to_collected,
}
METRICS = (
    "sold_revenue", "original_sold_revenue", "signed_change_orders_amount", "planned_revenue", "billed_revenue",
    "credited_amount", "advance_billed_amount", "recognized_revenue", "collected_cash", "worked_hours",
    "billable_hours", "backlog_amount", "unbilled_backlog_amount", "wip_amount", "unapproved_amount",
    "written_off_amount", "receivables_amount", "overdue_receivables_amount", "disputed_receivables_amount",
    "bad_debt_amount",
)  # fmt: skip


@dataclass
class Answer:
    """As of one day. Drivers hold nets that are not 0; `missing_fx_rate` is there (at 0) if any row lacks a rate."""

    day: date
    members: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    metrics: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    drivers: dict[str, dict[str, dict[str, Decimal]]] = field(default_factory=dict)
    starts: dict[tuple[str, str], Decimal] = field(default_factory=dict)  # (engagement, bridge) -> start metric
    items: list[Item] = field(default_factory=list)


def all_engagements(firm: Firm) -> dict[str, Engagement]:
    """Those with members, and the unlinked ones that some line, posting or payment falls into."""
    found = dict(engagements(firm))
    named = [row.engagement for row in billed(firm)]
    named += [posting.engagement for posting in postings(firm)] + [money.engagement for money in all_money(firm)]
    for engagement in named:
        found.setdefault(engagement.id, engagement)
    return found


def evaluate(firm: Firm, day: date, only: Collection[str] | None = None) -> Answer:
    """Everything as of a day; with `only`, of those engagements."""
    answer = Answer(day)
    there = firm.once("all engagements", lambda: all_engagements(firm))
    for name in there if only is None else [name for name in only if name in there]:
        engagement = there[name]
        answer.members[name] = [(kind, key) for _, key, kind in engagement.members]
        items = [item for bridge in BRIDGES.values() for item in bridge(firm, engagement, day)]
        answer.items += items
        drivers: dict[str, dict[str, Decimal]] = {bridge: {} for bridge in BRIDGES}
        for item in items:
            drivers[item.bridge][item.driver] = drivers[item.bridge].get(item.driver, ZERO) + item.amount
        metrics = metrics_of(firm, engagement, day, drivers)
        ends = {
            "sold_to_planned": (metrics["sold_revenue"], metrics["planned_revenue"]),
            "planned_to_billed": (metrics["planned_revenue"], metrics["billed_revenue"]),
            "billed_to_recognized": (
                billed_at(firm, engagement, day, posting_ledgers(firm)), metrics["recognized_revenue"],
            ),
            "billed_to_collected": (
                billed_at(firm, engagement, day, payment_ledgers(firm)), metrics["collected_cash"],
            ),
        }  # fmt: skip
        for bridge, (start, end) in ends.items():
            explained = total(drivers[bridge].values())
            assert explained == end - start, (
                f"{bridge} of {name} on {day}: drivers {explained}, but {end} - {start} = {end - start}"
            )
            answer.starts[name, bridge] = start
        answer.metrics[name] = metrics
        answer.drivers[name] = {
            bridge: {d: a for d, a in nets.items() if a or d == "missing_fx_rate"} for bridge, nets in drivers.items()
        }
    return answer


def billed_at(firm: Firm, engagement: Engagement, day: date, ledgers: set[str]) -> Decimal:
    return total(row.worth.rc for row in billed_here(firm, engagement, day, ledgers))


def logged_in(firm: Firm, engagement: Engagement) -> list[Row]:
    """The time entries of an engagement's projects, with billing value or not."""

    def by_engagement() -> dict[Any, list[Row]]:
        def owner(row: Row) -> Any:
            project = project_of(firm, row)
            return project.engagement.id if project is not None else None

        return group(firm.present("psa_time_entries"), owner)

    return firm.once("logged", by_engagement).get(engagement.id, [])


def metrics_of(
    firm: Firm, engagement: Engagement, day: date, drivers: dict[str, dict[str, Decimal]]
) -> dict[str, Decimal]:
    """Standing at the end of a day, since the beginning; money in the reporting currency (rc)."""
    sold = sold_on(firm, engagement, day)
    lines = [row for row in billed_in(firm, engagement) if stands(firm, row.invoice, day)]
    work, debts = drivers["planned_to_billed"], drivers["billed_to_collected"]
    result = dict.fromkeys(METRICS, ZERO)
    result["original_sold_revenue"] = total(row.worth.rc for row in sold if row.winning.number is None)
    result["signed_change_orders_amount"] = total(row.worth.rc for row in sold if row.winning.number is not None)
    result["sold_revenue"] = total(row.worth.rc for row in sold)
    result["planned_revenue"] = total(line.worth.rc for line in planned_on(firm, engagement, day))
    result["billed_revenue"] = total(row.worth.rc for row in lines)
    result["credited_amount"] = total(row.worth.rc for row in lines if row.is_credit)
    result["advance_billed_amount"] = total(row.worth.rc for row in lines if row.line["kind"] == "advance")
    result["recognized_revenue"] = total(p.worth.rc for p in postings_in(firm, engagement) if p.row["posted_on"] <= day)
    result["collected_cash"] = total(m.collected for m in money_in(firm, engagement) if m.payment["paid_on"] <= day)
    for row in logged_in(firm, engagement):
        if row["work_date"] <= day and row["status"] != "rejected":
            result["worked_hours"] += row["hours"]
            result["billable_hours"] += row["hours"] if row["is_billable"] else 0
    result["backlog_amount"] = result["sold_revenue"] - result["recognized_revenue"]
    result["unbilled_backlog_amount"] = result["sold_revenue"] - result["billed_revenue"]
    result["wip_amount"] = -work.get("approved_not_billed", ZERO)
    result["unapproved_amount"] = -work.get("unapproved", ZERO)
    result["written_off_amount"] = -work.get("written_off", ZERO)
    result["overdue_receivables_amount"] = -debts.get("overdue", ZERO)
    result["disputed_receivables_amount"] = -debts.get("disputed", ZERO)
    result["receivables_amount"] = -total(debts.get(d, ZERO) for d in ("not_due", "overdue", "disputed"))
    result["bad_debt_amount"] = -debts.get("bad_debt", ZERO)
    return result


def named_with(prefix: str | None, text: Any) -> bool:
    """Whether an id (bare, or `<system>:<id>`, or an engagement's) starts with a firm's prefix: S1 is not S11."""
    if prefix is None:
        return True
    return isinstance(text, str) and prefix in text and re.search(rf"(^|:){prefix}(?!\d)", text) is not None


def engagements_named(firm: Firm, prefix: str) -> list[str]:
    """The engagements of one of the firms in a home."""
    return [name for name in firm.once("all engagements", lambda: all_engagements(firm)) if named_with(prefix, name)]


def changes(firm: Firm, prefix: str | None = None) -> list[date]:
    """Every day at which anything (of the firm with this prefix) can change, the day before and the day after.

    SLA days are not among them.
    """
    found: set[date] = set()
    for rows in firm.rows.values():
        for row in rows:
            if prefix is not None and not any(named_with(prefix, value) for value in row.values()):
                continue
            found |= {firm.day(v) or v for v in row.values() if isinstance(v, (date, datetime))}
    for table, column in (("crm_deal_history", "close_date"), ("psa_project_history", "end_date")):
        for row in firm.rows[table]:
            if row["field"] == column and (prefix is None or any(named_with(prefix, v) for v in row.values())):
                values = (row["old_value"], row["new_value"])
                found |= {date.fromisoformat(str(v)[:10]) for v in values if v is not None}
    found |= {due_date(firm, row) for row in firm.rows["accounting_invoices"] if named_with(prefix, row.key)}
    found |= {row["date"] for row in firm.settings.sold_corrections if named_with(prefix, row["deal"])}
    return sorted({after(day, n) for day in found for n in (-1, 0, 1)})
