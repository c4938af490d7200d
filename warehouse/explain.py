"""`tieout explain`: the bridges of the firm, a client or an engagement, first to the cent, then where to look.

published snapshot (semantic.bridge_by_engagement, bridge_ends; marts.fct_variance_items) -> Explanation -> text, JSON
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from warehouse.checks import BRIDGES
from warehouse.connect import Warehouse
from warehouse.errors import BuildError, SettingsError
from warehouse.figures import lacking, steps_lacking, told_measures

STEPS = ["step", "driver", "label", "class", "amount", "item_count", "sentence", "owner_role", "where_to_fix"]
RANKED = 10
SUGGESTIONS = 3
ALIKE = 0.8  # Jaro-Winkler: typing errors, not other names

# What every engagement's drivers come to: as of a day, or what changed from one to the next.
NETS = """
    select engagement_id, driver, label, class, amount, item_count
    from semantic.bridge_by_engagement($bridge, $as_of)
    where $engagements is null or list_contains(cast($engagements as varchar[]), engagement_id)
"""
MOVES = f"""
    {NETS}
    union all
    select engagement_id, driver, label, class, -amount, -item_count
    from semantic.bridge_by_engagement($bridge, $opening)
    where $engagements is null or list_contains(cast($engagements as varchar[]), engagement_id)
"""

# "accounting: invoice, line"; null where there is nothing to mend.
WHERE_TO_FIX = "nullif(concat_ws(': ', d.fix_system, nullif(concat_ws(', ', d.fix_object, d.fix_field), '')), '')"

# One row for each driver and class, in the order of the seed.
DRIVERS = """
    select
        n.driver, n.label, n.class, cast(sum(n.amount) as decimal(18, 2)) as amount,
        cast(sum(n.item_count) as bigint) as item_count, d.sentence, d.owner_role,
        {where_to_fix} as where_to_fix
    from ({nets}) as n
    left join seeds.variance_drivers as d on d.bridge = $bridge and d.driver = n.driver
    group by n.driver, n.label, n.class, d.sentence, d.owner_role, d.fix_system, d.fix_object, d.fix_field, d.position
    having sum(n.amount) <> 0 or sum(n.item_count) <> 0
    order by d.position, n.class
"""

# Where to look: nets of driver x client x practice x project manager, by their share of all such nets, signs aside.
RANKING = """
    with nets as (
        select
            n.driver, n.label, coalesce(e.client, '(none)') as client, coalesce(e.practice, '(none)') as practice,
            coalesce(e.project_manager, '(none)') as project_manager, cast(sum(n.amount) as decimal(18, 2)) as amount,
            cast(coalesce(
                sum(n.amount) filter (where n.class in ('needs_action', 'missing_data')), 0
            ) as decimal(18, 2)) as needs_action_amount
        from ({nets}) as n
        left join marts.dim_engagements as e on e.engagement_id = n.engagement_id
        group by all
    )
    select
        cast(row_number() over (
            order by abs(n.amount) desc, d.position, n.client, n.practice, n.project_manager
        ) as integer) as position,
        n.driver, n.label, n.client, n.practice, n.project_manager, n.amount, n.needs_action_amount,
        cast(abs(n.amount) / sum(abs(n.amount)) over () as decimal(9, 6)) as share, d.owner_role,
        {where_to_fix} as where_to_fix
    from nets as n
    left join seeds.variance_drivers as d on d.bridge = $bridge and d.driver = n.driver
    where n.amount <> 0
    order by position
    limit $ranked
"""

ENDS = """
    select coalesce(sum(start_amount), 0), coalesce(sum(end_amount), 0)
    from semantic.bridge_ends($bridge, $day)
    where $engagements is null or list_contains(cast($engagements as varchar[]), engagement_id)
"""
LABELS = "select metric, label from semantic.metric_catalog"

# The items that stand on the day; of a movement, those that came or went in the period, the latter turned around.
RECORDS = """
    with items as (
        select *,
            effective_from <= $as_of and (effective_to is null or effective_to > $as_of) as is_closing,
            coalesce(effective_from <= $opening and (effective_to is null or effective_to > $opening), false)
                as is_opening
        from marts.fct_variance_items
        where bridge = $bridge
            and ($engagements is null or list_contains(cast($engagements as varchar[]), engagement_id))
            and ($driver is null or driver = $driver)
    )
    select
        i.driver, if(i.is_closing, i.amount, -i.amount) as amount, i.source_system, i.source_object, i.source_id,
        i.record_url, i.effective_from, i.effective_to, i.expected_until,
        if(i.is_closing, i.native_amount, -i.native_amount) as native_amount, i.native_currency, i.reason,
        i.is_inferred, i.engagement_id
    from items as i
    left join seeds.variance_drivers as d on d.bridge = $bridge and d.driver = i.driver
    where i.is_closing <> i.is_opening
    order by
        d.position, abs(i.amount) desc, i.engagement_id, i.effective_from, i.source_system, i.source_object, i.source_id
"""

# What a name may be, the narrowest first: an engagement, a record of one, a client (or its parent), a title.
SUBJECTS = """
    select 1 as kind, engagement_id, engagement_id as called from marts.dim_engagements where engagement_id = $name
    union all
    select distinct 2, engagement_id, engagement_id from marts.engagement_members
    where source_id = $name or source_system || ':' || source_id = $name
    union all
    select 3, engagement_id, if(lower(client) = lower($name), client, if(client_id = $name, client, parent_client))
    from marts.dim_engagements
    where lower(client) = lower($name) or lower(parent_client) = lower($name) or client_id = $name
    union all
    -- the client as the CRM spells it, where the project's client is not linked to it
    select 3, e.engagement_id, e.client
    from canonical.crm_accounts as a
    inner join canonical.crm_deals as d on d.account_id = a.account_id
    inner join marts.engagement_members as m
        on m.member_type = 'deal' and m.source_system = d.source_system and m.source_id = d.source_id
    inner join marts.dim_engagements as e on e.engagement_id = m.engagement_id
    where lower(a.name) = lower($name)
    union all
    select 4, engagement_id, engagement_id from marts.dim_engagements where lower(engagement_name) = lower($name)
    order by all
"""
CLIENT = 3
ALIKE_NAMES = """
    with names as (
        select client as name from marts.dim_engagements
        union select engagement_name from marts.dim_engagements
        union select engagement_id from marts.dim_engagements
        union select source_id from marts.engagement_members
    )
    select name from names where jaro_winkler_similarity(lower(name), lower($name)) >= $alike
    order by jaro_winkler_similarity(lower(name), lower($name)) desc, name
    limit $suggestions
"""

Table = tuple[list[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Subject:
    """Whom an explanation is about: the firm (`engagements` is None), or these engagements of a client, or one."""

    called: str
    engagements: list[str] | None


LISTED = " marts.dim_engagements and page Engagement list the engagements with their clients."


@dataclass(frozen=True)
class Explanation:
    """One bridge of a subject as of a day, or from a day to it, both included.

    `steps` are the start, each driver and class in the order of the seed, and the end: they add up. `ranking` says
    where to look first, and `records` (where asked for) what stands behind the drivers. Tables are names and rows.
    """

    subject: Subject
    bridge: str
    as_of: date
    start: date | None
    steps: Table
    ranking: Table
    records: Table | None = field(default=None)
    steps_lack: str = ""  # what is not loaded, and some steps would need


def explain(
    warehouse: Warehouse,
    name: str | None = None,
    *,
    bridge: str | None = None,
    as_of: date | None = None,
    start: date | None = None,
    with_records: bool = False,
    driver: str | None = None,
) -> list[Explanation]:
    """The bridge, or each that is available, of an engagement, deal, project or client (default: the firm).

    As of a day (default: the business day), or the movement from `start` to it. `driver` keeps the records to one.
    Raises SettingsError for what is not there, and BuildError where the drivers do not add up.
    """
    day = as_of or date.fromisoformat(warehouse.manifest["business_day"])
    if start is not None and start > day:
        raise SettingsError(f"--from {start} lies after {day}.")
    told = told_measures(warehouse)
    if bridge is not None and bridge not in told:
        raise SettingsError(f"The bridge {bridge} is not available: this warehouse lacks {lacking(warehouse, bridge)}.")
    bridges = [bridge] if bridge is not None else [known for known in BRIDGES if known in told]
    if not bridges:
        lacks = "; ".join(f"{each} lacks {lacking(warehouse, each)}" for each in BRIDGES)
        raise SettingsError(f"No bridge is available: {lacks}.")
    subject = find(warehouse, name)
    if driver is not None:
        bridges = _bridges_with(warehouse, driver, bridges)
    return [_explain(warehouse, subject, each, day, start, with_records, driver) for each in bridges]


def find(warehouse: Warehouse, name: str | None) -> Subject:
    """Whom the name means; the firm without one. Raises SettingsError with what it may have been meant to be."""
    if name is None:
        return Subject("The firm", None)
    _, found = warehouse.rows(SUBJECTS, {"name": name})
    if not found:
        parameters = {"name": name, "alike": ALIKE, "suggestions": SUGGESTIONS}
        alike = [row[0] for row in warehouse.rows(ALIKE_NAMES, parameters)[1]]
        raise SettingsError(
            f"There is no engagement, deal, project or client {name!r}.{_did_you_mean(alike) or LISTED}"
        )
    kind, _, called = found[0]
    engagements = sorted({engagement for each, engagement, _ in found if each == kind})
    if kind != CLIENT and len(engagements) > 1:
        raise SettingsError(f"{name!r} is in several engagements; name one of them: {', '.join(engagements)}.")
    return Subject(called, engagements)


def _explain(
    warehouse: Warehouse,
    subject: Subject,
    bridge: str,
    day: date,
    start: date | None,
    with_records: bool,
    driver: str | None,
) -> Explanation:
    opening = None if start is None else start - timedelta(days=1)
    values = {
        "bridge": bridge, "as_of": day, "opening": opening, "engagements": subject.engagements, "driver": driver,
        "ranked": RANKED,
    }  # fmt: skip
    nets = NETS if start is None else MOVES

    def ask(sql: str) -> Table:
        return warehouse.rows(sql, {key: value for key, value in values.items() if f"${key}" in sql})

    _, drivers = ask(DRIVERS.format(nets=nets, where_to_fix=WHERE_TO_FIX))
    first, last = _ends(warehouse, subject, bridge, day)
    if opening is not None:
        before = _ends(warehouse, subject, bridge, opening)
        first, last = first - before[0], last - before[1]
    explained = sum((row[3] for row in drivers), Decimal(0))
    if first + explained != last:
        raise BuildError([f"The bridge {bridge} does not tie: {first} and drivers of {explained} do not make {last}."])
    steps = [
        _end(warehouse, bridge, 0, first), *(("driver", *row) for row in drivers), _end(warehouse, bridge, 1, last)
    ]  # fmt: skip
    return Explanation(
        subject,
        bridge,
        day,
        start,
        (STEPS, steps),
        ask(RANKING.format(nets=nets, where_to_fix=WHERE_TO_FIX)),
        ask(RECORDS) if with_records else None,
        steps_lacking(warehouse, bridge),
    )


def _end(warehouse: Warehouse, bridge: str, which: int, amount: Decimal) -> tuple[Any, ...]:
    """The step that a bridge starts from (0) or ends at (1)."""
    metric = BRIDGES[bridge][which]
    label = dict(warehouse.rows(LABELS)[1]).get(metric, metric)
    return (("start", "end")[which], metric, label, None, amount, *(None,) * (len(STEPS) - 5))


def _ends(warehouse: Warehouse, subject: Subject, bridge: str, day: date) -> tuple[Decimal, Decimal]:
    _, [(first, last)] = warehouse.rows(ENDS, {"bridge": bridge, "day": day, "engagements": subject.engagements})
    return first, last


def _bridges_with(warehouse: Warehouse, driver: str, bridges: Sequence[str]) -> list[str]:
    """Those of the bridges that have the driver."""
    _, known = warehouse.rows(
        "select bridge, driver from seeds.variance_drivers where list_contains($bridges, bridge)",
        {"bridges": list(bridges)},
    )
    found = {bridge for bridge, name in known if name == driver}
    if not found:
        names = sorted({name for _, name in known})
        alike = [name for name in names if driver in name] or difflib.get_close_matches(driver, names, SUGGESTIONS)
        raise SettingsError(f"There is no driver {driver!r} in {' or '.join(bridges)}.{_did_you_mean(alike)}")
    return [bridge for bridge in bridges if bridge in found]


def _did_you_mean(names: Sequence[str]) -> str:
    return f" Did you mean {' or '.join(names)}?" if names else ""
