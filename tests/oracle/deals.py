"""What was sold: when each deal was won and lost, at which value, and with which lines.

crm_deals + crm_deal_history + crm_deal_lines + sold_corrections -> `Winning`s with their rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from .records import FOREVER, Firm, Row, group, is_true, stays_with


@dataclass(frozen=True)
class SoldLine:
    """One row of a winning: a deal line, the deal's whole amount, or a correction."""

    key: str
    amount: Decimal  # native, less tax
    family: str
    role: str | None
    hours: Decimal
    starts: date


@dataclass(frozen=True)
class Winning:
    """A run of days on which a deal is won: [starts, ends)."""

    deal: Row
    starts: date
    ends: date
    value: Decimal
    currency: str
    uses_lines: bool
    lines: tuple[SoldLine, ...]

    @property
    def number(self) -> str | None:
        return cast("str | None", self.deal["change_order_number"])

    def stands(self, day: date) -> bool:
        return self.starts <= day < self.ends


def history(firm: Firm, deal: Row, field: str) -> list[Row]:
    """A deal's changes of one field, in order."""

    def all_changes() -> dict[Any, list[Row]]:
        def owner(row: Row) -> Any:
            found = firm.resolve("crm_deals", row["deal_id"], row.system)
            return (found.key if found else None, row["field"])

        rows = sorted(firm.present("crm_deal_history"), key=lambda r: (r["changed_at"], str(r["new_value"])))
        return group(rows, owner)

    return firm.once("deal history", all_changes).get((deal.key, field), [])


def value_at(firm: Firm, deal: Row, field: str, moment: datetime) -> Any:
    """A field as it stood at a moment: later changes are overwrites."""
    changes = history(firm, deal, field)
    earlier = [row for row in changes if row["changed_at"] <= moment]
    if earlier:
        return earlier[-1]["new_value"]
    later = [row for row in changes if row["changed_at"] > moment]
    if later and later[0]["old_value"] is not None:
        return later[0]["old_value"]
    return deal[field]


def changes_of_mind(firm: Firm, deal: Row) -> list[tuple[datetime, bool]]:
    """Every moment at which the deal was won or lost, in order: (moment, is won from then on)."""
    close: date = deal["close_date"] or firm.day(deal["created_at"])
    events = history(firm, deal, "is_won")
    moments: list[tuple[datetime, bool]] = []
    won = False
    if events and is_true(events[0]["old_value"]):
        first = events[0]["changed_at"]
        moved = [row for row in history(firm, deal, "close_date") if row["changed_at"] >= first]
        if moved and moved[0]["old_value"] is not None:
            close_then = date.fromisoformat(str(moved[0]["old_value"])[:10])
        else:
            close_then = close
        before = firm.end_of(close_then) if close_then < firm.day(first) else deal["created_at"]
        moments.append((before, True))
        won = True
    for event in events:
        if is_true(event["new_value"]) != won:
            won = not won
            moments.append((event["changed_at"], won))
    if is_true(deal["is_won"]) != won:
        last = events[-1]["changed_at"] if events else firm.end_of(close)
        moments.append((max(firm.end_of(close), last), not won))
    return moments


def winnings(firm: Firm, deal: Row) -> list[Winning]:
    """The winnings of a deal; a win undone the same day never was."""

    def work_out() -> list[Winning]:
        moments = changes_of_mind(firm, deal)
        runs: list[tuple[datetime, date, date]] = []
        for i, (moment, won) in enumerate(moments):
            if won:
                starts = firm.day(moment)
                lost = firm.day(moments[i + 1][0]) if i + 1 < len(moments) else FOREVER
                ends = min(lost, firm.left_on(deal))
                if starts < ends:
                    runs.append((moment, starts, ends))
        return [winning(firm, deal, run, [r[2] for r in runs[:i]]) for i, run in enumerate(runs)]

    return firm.once(("winnings", deal.key), work_out)


def winning(firm: Firm, deal: Row, run: tuple[datetime, date, date], earlier_ends: list[date]) -> Winning:
    moment, starts, ends = run
    amount = Decimal(str(value_at(firm, deal, "amount", moment) or 0))
    value = amount - Decimal(str(value_at(firm, deal, "tax_amount", moment) or 0))
    currency = str(value_at(firm, deal, "currency", moment) or deal["currency"])

    def lines_by_deal() -> dict[Any, list[Row]]:
        def owner(row: Row) -> Any:
            found = firm.resolve("crm_deals", row["deal_id"], row.system)
            return found.key if found and stays_with(row, found) else None

        return group(firm.rows["crm_deal_lines"], owner)

    rows = firm.once("deal lines", lines_by_deal).get(deal.key, [])
    uses_lines = bool(rows) and sum((row["amount"] for row in rows), Decimal(0)) == value
    if uses_lines:
        lines = [SoldLine(r.key, r["amount"], r["family"], r["role"], r["hours"] or Decimal(0), starts) for r in rows]
    else:
        lines = [SoldLine(deal.key, value, "service", None, Decimal(0), starts)]
    after_last_end = max(earlier_ends, default=date.min)
    for i, row in enumerate(firm.settings.sold_corrections):
        found = firm.resolve("crm_deals", row["deal"], None)
        if found is deal and row.get("approved_by") and after_last_end <= row["date"] < ends:
            day = max(row["date"], starts)
            lines.append(SoldLine(f"correction:{i}", row["amount"], "service", None, Decimal(0), day))
    return Winning(deal, starts, ends, value, currency, uses_lines, tuple(lines))


def won_deals(firm: Firm) -> list[Row]:
    """Every deal that was ever won."""
    return [deal for deal in firm.rows["crm_deals"] if winnings(firm, deal)]
