"""The figures of a snapshot as of a day: what a closed month freezes, and what two snapshots are compared by.

snapshot (semantic.revenue_as_of, semantic.bridge_by_engagement, marts.fct_revenue_records) -> rows
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from warehouse.checks import BRIDGES
from warehouse.connect import Warehouse

REVENUES = ("sold_revenue", "planned_revenue", "billed_revenue", "recognized_revenue", "collected_cash")

MONTH = "month"
TO_DATE = "to_date"

STANDING = f"""
    unpivot (from semantic.revenue_as_of($day))
    on {", ".join(REVENUES)} into name measure value amount
"""
DRIVERS = """
    select engagement_id, driver, sum(amount) as amount
    from semantic.bridge_by_engagement($bridge, $day)
    group by engagement_id, driver
    having sum(amount) <> 0
"""
RECORDS = """
    select engagement_id, measure, source_system, source_object, source_id, metric_date, sum(amount)
    from marts.fct_revenue_records
    where metric_date between $first and $last and list_contains($measures, measure)
    group by all
    order by all
"""


@dataclass(frozen=True)
class Figure:
    """What an amount is: a revenue of an engagement, or a driver of one of its bridges.

    `measure` is one of REVENUES, or the bridge of the driver; `driver` is empty for a revenue; `period` is `month` (in
    the month of the day alone) or `to_date` (all up to the day; what stands at its end).
    """

    engagement_id: str
    measure: str
    driver: str
    period: str


Figures = dict[Figure, Decimal]


def told_measures(warehouse: Warehouse) -> list[str]:
    """The revenues and bridges that the snapshot's systems can tell: a bridge needs both of its ends."""
    _, rows = warehouse.rows("select name from marts.dim_availability where is_available")
    available = {name for (name,) in rows}
    return [measure for measure in (*REVENUES, *BRIDGES) if measure in available]


def lacking(warehouse: Warehouse, measure: str) -> str:
    """What is not loaded and a revenue or bridge needs, in words; empty where it can be told."""
    return _said(warehouse, "lacks", measure)


def steps_lacking(warehouse: Warehouse, bridge: str) -> str:
    """What is not loaded and some steps of a bridge would need, though its ends do not; empty where nothing is."""
    return _said(warehouse, "steps_lack", bridge)


def _said(warehouse: Warehouse, column: str, name: str) -> str:
    _, rows = warehouse.rows(f"select {column} from marts.dim_availability where name = $name", {"name": name})
    return str(rows[0][0] or "")


def standing(warehouse: Warehouse, day: date, measures: Iterable[str]) -> Figures:
    """Each figure that is not 0 at the end of that day, all with period `to_date`."""
    wanted = set(measures)
    _, rows = warehouse.rows(f"select engagement_id, measure, amount from ({STANDING})", {"day": day})
    figures = {Figure(engagement, measure, "", TO_DATE): amount for engagement, measure, amount in rows}
    for bridge in BRIDGES:
        if bridge in wanted:
            _, rows = warehouse.rows(DRIVERS, {"bridge": bridge, "day": day})
            figures |= {Figure(engagement, bridge, driver, TO_DATE): amount for engagement, driver, amount in rows}
    return {figure: amount for figure, amount in figures.items() if amount and figure.measure in wanted}


def of_month(warehouse: Warehouse, month: date, measures: Iterable[str]) -> Figures:
    """The revenues of the month (its first day) alone and to its end, and where every driver stands at its end."""
    measures = list(measures)
    figures = standing(warehouse, last_day(month), measures)
    revenues = [measure for measure in measures if measure in REVENUES]
    opening = standing(warehouse, month - timedelta(days=1), revenues)
    closing = {figure: amount for figure, amount in figures.items() if figure.measure in REVENUES}
    for figure in closing | opening:
        change = closing.get(figure, Decimal(0)) - opening.get(figure, Decimal(0))
        if change:
            figures[Figure(figure.engagement_id, figure.measure, "", MONTH)] = change
    return figures


def last_day(month: date) -> date:
    """The last day of the month that begins on that day."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
