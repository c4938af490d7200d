"""`tieout explain`: a bridge of the published warehouse as one table: its start, each driver, its end; they add up.

Reads the macros semantic.bridge, bridge_ends, bridge_by_engagement and movement, and marts.fct_variance_items.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from warehouse.checks import BRIDGES
from warehouse.connect import Warehouse
from warehouse.errors import BuildError, SettingsError

COLUMNS = ["step", "driver", "label", "class", "amount", "item_count", "sentence"]

# One row for each driver and class, in the order of the seed. {drivers} has driver, label, class, amount, item_count.
STEPS = """
    select b.driver, b.label, b.class, b.amount, b.item_count, d.sentence
    from ({drivers}) as b
    left join seeds.variance_drivers as d on d.bridge = $bridge and d.driver = b.driver
    order by d.position, b.class
"""
ALL_DRIVERS = "select * from semantic.bridge($bridge, $as_of)"
ALL_MOVEMENT = "select * from semantic.movement($bridge, $start, $as_of)"
ENGAGEMENT_DRIVERS = """
    select * exclude (engagement_id) from semantic.bridge_by_engagement($bridge, $as_of)
    where engagement_id = $engagement
"""
ENGAGEMENT_MOVEMENT = """
    select driver, label, class, sum(amount) as amount, sum(item_count) as item_count
    from (
        select driver, label, class, amount, item_count from semantic.bridge_by_engagement($bridge, $as_of)
        where engagement_id = $engagement
        union all
        select driver, label, class, -amount, -item_count from semantic.bridge_by_engagement($bridge, $opening)
        where engagement_id = $engagement
    )
    group by driver, label, class
    having sum(amount) <> 0 or sum(item_count) <> 0
"""
ENDS = """
    select coalesce(sum(start_amount), 0), coalesce(sum(end_amount), 0)
    from semantic.bridge_ends($bridge, $day)
    where $engagement is null or engagement_id = $engagement
"""
UNTOLD = "select count(*) from semantic.revenue_as_of($day) where {start} is null or {end} is null"
LABELS = "select metric, label from semantic.metric_catalog"

# The items that stand on the day; of a movement, those that came or went in the period, the latter turned around.
RECORDS = """
    select
        engagement_id, driver, amount, native_amount, native_currency, effective_from, effective_to, source_system,
        source_object, source_id, record_url, reason, is_inferred
    from marts.fct_variance_items
    where bridge = $bridge and ($engagement is null or engagement_id = $engagement)
        and effective_from <= $as_of and (effective_to is null or effective_to > $as_of)
    order by engagement_id, driver, effective_from, source_system, source_object, source_id
"""
MOVED_RECORDS = """
    with items as (
        select *,
            effective_from <= $as_of and (effective_to is null or effective_to > $as_of) as is_closing,
            effective_from <= $opening and (effective_to is null or effective_to > $opening) as is_opening
        from marts.fct_variance_items
        where bridge = $bridge and ($engagement is null or engagement_id = $engagement)
    )
    select
        engagement_id, driver, if(is_closing, amount, -amount) as amount,
        if(is_closing, native_amount, -native_amount) as native_amount, native_currency, effective_from, effective_to,
        source_system, source_object, source_id, record_url, reason, is_inferred
    from items
    where is_closing <> is_opening
    order by engagement_id, driver, effective_from, source_system, source_object, source_id
"""

ENGAGEMENTS = """
    select engagement_id from marts.dim_engagements where engagement_id = $engagement
    union
    select engagement_id from marts.engagement_members where source_id = $engagement
    order by engagement_id
"""


def explain(
    warehouse: Warehouse, bridge: str, *, engagement: str | None, as_of: date | None, start: date | None
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The bridge as of a day, or its movement from `start` to that day, both included: names and rows.

    Raises SettingsError for an engagement that is not there, and BuildError where the rows do not add up.
    """
    values = _parameters(warehouse, bridge, engagement, as_of, start)
    if start is None:
        drivers = ALL_DRIVERS if engagement is None else ENGAGEMENT_DRIVERS
    else:
        drivers = ALL_MOVEMENT if engagement is None else ENGAGEMENT_MOVEMENT
    _, steps = warehouse.rows(STEPS.format(drivers=drivers), _used(values, drivers, "bridge"))
    start_metric, end_metric = BRIDGES[bridge]
    first, last = _ends(warehouse, bridge, values["as_of"], values["engagement"])
    if start is not None:
        opening = _ends(warehouse, bridge, values["opening"], values["engagement"])
        first, last = first - opening[0], last - opening[1]
    explained = sum((step[3] for step in steps), Decimal(0))
    if first + explained != last:
        raise BuildError([f"The bridge does not tie: {first} and drivers of {explained} do not make {last}."])
    labels = dict(warehouse.rows(LABELS)[1])
    movement = "" if start is None else ", movement"
    return COLUMNS, [
        ("start", start_metric, labels.get(start_metric, start_metric) + movement, None, first, None, None),
        *(("driver", *step) for step in steps),
        ("end", end_metric, labels.get(end_metric, end_metric) + movement, None, last, None, None),
    ]


def records(
    warehouse: Warehouse, bridge: str, *, engagement: str | None, as_of: date | None, start: date | None
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The records behind a bridge's drivers as of a day, or those whose standing changed from `start` to that day."""
    values = _parameters(warehouse, bridge, engagement, as_of, start)
    sql = RECORDS if start is None else MOVED_RECORDS
    return warehouse.rows(sql, _used(values, sql))


def _parameters(
    warehouse: Warehouse, bridge: str, engagement: str | None, as_of: date | None, start: date | None
) -> dict[str, Any]:
    day = as_of or date.fromisoformat(warehouse.manifest["business_day"])
    if start is not None and start > day:
        raise SettingsError(f"--from {start} lies after {day}.")
    return {
        "bridge": bridge,
        "engagement": None if engagement is None else _find(warehouse, engagement),
        "as_of": day,
        "start": start,
        "opening": None if start is None else start - timedelta(days=1),
    }


def _find(warehouse: Warehouse, engagement: str) -> str:
    """The engagement of that id, or the one that the deal or project of that id belongs to."""
    _, found = warehouse.rows(ENGAGEMENTS, {"engagement": engagement})
    if not found:
        raise SettingsError(f"There is no engagement, deal or project {engagement!r}.")
    if len(found) > 1:
        ids = ", ".join(row[0] for row in found)
        raise SettingsError(f"{engagement!r} is in several engagements; name one of them: {ids}.")
    return str(found[0][0])


def _ends(warehouse: Warehouse, bridge: str, day: date, engagement: str | None) -> tuple[Decimal, Decimal]:
    """What the bridge leads from and to on that day. SettingsError where no loaded system tells one of them."""
    start, end = BRIDGES[bridge]
    _, [(untold,)] = warehouse.rows(UNTOLD.format(start=start, end=end), {"day": day})
    if untold:
        raise SettingsError(f"The bridge {bridge} is not available: no loaded system tells {start} or {end}.")
    _, [(first, last)] = warehouse.rows(ENDS, {"bridge": bridge, "day": day, "engagement": engagement})
    return first, last


def _used(values: dict[str, Any], sql: str, *always: str) -> dict[str, Any]:
    """The parameters that the SQL names: DuckDB refuses one that it does not."""
    return {name: value for name, value in values.items() if name in always or f"${name}" in sql}
