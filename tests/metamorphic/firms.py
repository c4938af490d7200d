"""The same firms told in other ways: under other names, ten times as large, in another order, over two systems' files.

tables (a list of rows per canonical table) -> tables of which the results must be the same, or ten times as large
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from oracle.hand_cases import hand_home
from oracle.random_firm import random_firm
from oracle.records import Settings

Tables = dict[str, list[dict[str, Any]]]
SEEDS = range(5)
DECISIONS = ("sold_corrections", "client_aliases")
MONEY = {
    "amount", "tax_amount", "net_amount", "booked_amount", "applied_amount", "bill_rate", "planned_rate", "rate",
}  # fmt: skip
SPLIT = ("crm_deal_lines", "psa_milestones", "psa_time_entries", "psa_expenses")


def worked_firms() -> Tables:
    """The firms worked out by hand (ids begin with H), their decisions and exchange rates, and a rate for pounds."""
    tables, settings = hand_home()
    tables["sold_corrections"] = list(settings.sold_corrections)
    tables["client_aliases"] = list(settings.client_aliases)
    euro = tables["fx_rates"][0]
    tables["fx_rates"].append({**euro, "currency": "GBP", "rate": Decimal("1.3")})
    return tables


def random_firms(prefix: str) -> Tables:
    """Made-up firms whose ids begin with a prefix of one letter; but for that they are always the same."""
    return joined(*(random_firm(seed, f"{prefix}{seed}") for seed in SEEDS))


def joined(*firms: Tables) -> Tables:
    """One home's tables out of many firms'. Rows may carry notes of their maker in columns that begin with `_`."""
    tables: Tables = {}
    for firm in firms:
        for table, rows in firm.items():
            told = [{column: value for column, value in row.items() if not column.startswith("_")} for row in rows]
            tables.setdefault(table, []).extend(told)
    return tables


def renamed(tables: Tables, old: str, new: str) -> Tables:
    """Ids that begin with one letter begin with another, wherever they are named. Exchange rates are everybody's."""
    name = re.compile(rf"\b{old}(?=\d\d)")

    def told(column: str, value: Any) -> Any:
        if column == "tax_id" and value:
            return f"{new}{value}"  # or they would be one company with the firm they are a copy of
        return name.sub(new, value) if isinstance(value, str) else value

    return each_row(tables, lambda _, row: {c: told(c, value) for c, value in row.items()}, but=("fx_rates",))


def scaled(tables: Tables) -> Tables:
    """All amounts and prices ten times as large, also those in the history of deals; no hours, no exchange rates."""

    def told(table: str, row: dict[str, Any]) -> dict[str, Any]:
        larger = {c: v * 10 if c in MONEY and isinstance(v, Decimal) else v for c, v in row.items()}
        if table == "crm_deal_history" and row["field"] in ("amount", "tax_amount"):
            larger |= {c: str(Decimal(row[c]) * 10) for c in ("old_value", "new_value") if row[c] not in (None, "none")}
        return larger

    return each_row(tables, told, but=("fx_rates",))


def split_over_two_systems(tables: Tables, system: str) -> Tables:
    """Every second record of some tables stands in another system's file of the same table; references follow."""
    keys = {"crm_deal_lines": "deal_line_id", "psa_milestones": "milestone_id", "psa_time_entries": "time_entry_id",
            "psa_expenses": "expense_id"}  # fmt: skip
    moved = {f"exports:{row[keys[table]]}" for table in SPLIT for row in tables.get(table, [])[::2]}

    def told(table: str, row: dict[str, Any]) -> dict[str, Any]:
        named = {c: f"{system}:{v.partition(':')[2]}" if v in moved else v for c, v in row.items()}
        is_moved = table in SPLIT and f"exports:{row[keys[table]]}" in moved
        return {**named, "source_system": system if is_moved else row["source_system"]}

    return each_row(tables, told)


def shuffled(tables: Tables) -> Tables:
    chance = random.Random(20260301)
    return {table: chance.sample(rows, len(rows)) for table, rows in tables.items()}


def half(tables: Tables) -> Tables:
    """Every second record of every table."""
    return {table: rows[::2] for table, rows in tables.items()}


def as_home(tables: Tables, *systems: str) -> tuple[Tables, Settings]:
    """The tables without the decisions, which stand in the settings."""
    settings = Settings(
        systems=systems,
        sold_corrections=tuple(tables.get("sold_corrections", ())),
        client_aliases=tuple(tables.get("client_aliases", ())),
    )
    return {table: rows for table, rows in tables.items() if table not in DECISIONS}, settings


def each_row(
    tables: Tables, change: Callable[[str, dict[str, Any]], dict[str, Any]], but: tuple[str, ...] = ()
) -> Tables:
    """The tables with every row changed; those named in `but` are left out."""
    return {table: [change(table, row) for row in rows] for table, rows in tables.items() if table not in but}
