"""The class of every net as of a day: expected, needs_action, accepted_loss or missing_data.

`evaluate` + the drivers' seed -> `Net`s: engagement x driver x (reason given or not) x (past expected_until or not).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from .evaluate import Answer, changes, evaluate
from .items import Item
from .records import ZERO, Firm


@dataclass(frozen=True)
class Driver:
    """A driver as the seed has it: what the class of a net is decided by."""

    seed_class: str = "needs_action"  # expected, needs_action, accepted_loss, missing_data
    class_with_reason: str | None = None  # where a reason is recorded (an approval, an internal project)
    sla_days: int | None = None
    tolerance_amount: Decimal = ZERO
    tolerance_share: Decimal = ZERO


@dataclass(frozen=True)
class Net:
    """The net of engagement x driver x (reason given or not) x (past expected_until or not), with its class."""

    engagement: str
    bridge: str
    driver: str
    has_reason: bool
    is_late: bool
    amount: Decimal
    net_class: str


def standing_since(firm: Firm, item: Item, day: date, days: list[date], only: Collection[str] | None = None) -> date:
    """The first day of the run of days, up to `day`, on which the record stands under the driver without a break."""
    since = day
    for earlier in reversed([d for d in days if d <= day]):
        if key_of(item) not in keys_on(firm, earlier, only):
            return since
        since = earlier
    return since


def key_of(item: Item) -> tuple[Any, ...]:
    """What must stand without a break: a record under a driver. A deal lost and won again on one day has not gone."""
    record = item.record
    return (item.bridge, item.driver, item.engagement, *(record[:2] + record[3:] if record[0] == "sold" else record))


def keys_on(firm: Firm, day: date, only: Collection[str] | None) -> set[Any]:
    """What stands (not at 0) under which driver on a day."""

    question = ("standing", day, None if only is None else frozenset(only))
    return firm.once(question, lambda: keys_of(evaluate(firm, day, only)))


def remember(firm: Firm, answer: Answer) -> None:
    """Keep what stands on a day whose answer is there already: every class of a later day asks for it again."""
    firm.once(("standing", answer.day, None), lambda: keys_of(answer))


def keys_of(answer: Answer) -> set[Any]:
    return {key_of(item) for item in answer.items if item.amount}


def classified(
    firm: Firm, day: date, drivers: dict[tuple[str, str], Driver], only: Collection[str] | None = None
) -> list[Net]:
    """Every net that is not 0 on a day (with `only`, of those engagements), and its class."""
    answer = evaluate(firm, day, only)
    days = firm.once("days", lambda: changes(firm))
    nets: dict[tuple[str, str, str, bool, bool], Decimal] = defaultdict(lambda: ZERO)
    for item in answer.items:
        driver = drivers[item.bridge, item.driver]
        is_late = False
        if item.amount and driver.sla_days is not None:
            is_late = day > standing_since(firm, item, day, days, only) + timedelta(days=driver.sla_days)
        nets[item.engagement, item.bridge, item.driver, item.has_reason, is_late] += item.amount
    return [
        Net(*key, amount, class_of(drivers[key[1], key[2]], key[3], key[4], amount, answer.starts[key[0], key[1]]))
        for key, amount in sorted(nets.items())
        if amount
    ]


def class_of(driver: Driver, has_reason: bool, is_late: bool, amount: Decimal, start: Decimal) -> str:
    its_class = (driver.class_with_reason if has_reason else None) or driver.seed_class
    if its_class == "expected" and is_late:
        return "needs_action"
    if its_class == "needs_action":
        is_within = abs(amount) <= driver.tolerance_amount or abs(amount) <= driver.tolerance_share * abs(start)
        return "expected" if is_within else "needs_action"
    return its_class


def read_drivers(path: Path) -> dict[tuple[str, str], Driver]:
    """The drivers of a `variance_drivers.csv`, by (bridge, driver)."""
    with path.open(newline="", encoding="utf-8") as lines:
        return {
            (row["bridge"], row["driver"]): Driver(
                row["class"],
                row["class_with_reason"] or None,
                int(row["sla_days"]) if row["sla_days"] else None,
                Decimal(row["tolerance_amount"] or 0),
                Decimal(row["tolerance_share"] or 0),
            )
            for row in csv.DictReader(lines)
        }
