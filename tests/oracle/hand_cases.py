"""All hand-worked firms in one home, for the oracle and for the warehouse.

tables, settings = hand_home(); home.write_home(folder, tables, settings); for case in hand_cases(): case.expected
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from . import hand_cases_billed, hand_cases_money, hand_cases_sold
from .case import Case, on
from .records import Settings

RATES = (("EUR", "01-01", "1.1"), ("EUR", "02-01", "1.2"), ("EUR", "03-01", "1.25"), ("NOK", "03-01", "0.1"))


def hand_cases() -> list[Case]:
    return [*hand_cases_sold.cases(), *hand_cases_billed.cases(), *hand_cases_money.cases()]


def hand_home() -> tuple[dict[str, list[dict[str, Any]]], Settings]:
    """The tables of all cases and the settings they are worked out with."""
    tables: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for case in hand_cases():
        for table, rows in case.tables.items():
            tables[table] += rows
    corrections, aliases = tables.pop("sold_corrections", []), tables.pop("client_aliases", [])
    tables["fx_rates"] = [
        {"currency": currency, "rate_date": on(day), "rate": Decimal(rate), "source_system": "exports"}
        for currency, day, rate in RATES
    ]
    return dict(tables), Settings(sold_corrections=tuple(corrections), client_aliases=tuple(aliases))
