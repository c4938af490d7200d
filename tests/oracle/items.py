"""What every bridge is made of: what one record says under one driver on the day asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .records import FOREVER, ZERO


@dataclass(frozen=True)
class Item:
    """`record` names the record (the milestone, the recurring date); `has_reason` as the driver understands it."""

    bridge: str
    driver: str
    engagement: str
    record: tuple[Any, ...]
    amount: Decimal
    has_reason: bool = False


def total(amounts: Any) -> Decimal:
    return sum(amounts, ZERO)


def comes(day: date | None) -> date:
    """A day that may never come."""
    return FOREVER if day is None else day
