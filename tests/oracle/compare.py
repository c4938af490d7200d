"""Where the warehouse and the oracle disagree: nets as of any day, and who belongs to which engagement.

a published (or built) warehouse + the tables it was built from -> sentences, none if they agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import duckdb

from .evaluate import evaluate
from .records import Firm

NETS = """
    select engagement_id, bridge, driver, sum(amount)
    from marts.fct_variance_items as item
    where item.effective_from <= $day and $day < coalesce(item.effective_to, date '9999-12-31')
    group by all
"""
Net = tuple[str, str, str]


def differences(connection: duckdb.DuckDBPyConnection, firm: Firm, days: Iterable[date]) -> list[str]:
    """One sentence per engagement, bridge, driver and day on which the two nets differ (0 and absent are alike)."""
    found = []
    for day in days:
        answer = evaluate(firm, day)
        ours: dict[Net, Decimal] = {
            (engagement, bridge, driver): amount
            for engagement, bridges in answer.drivers.items()
            for bridge, drivers in bridges.items()
            for driver, amount in drivers.items()
        }
        theirs: dict[Net, Decimal] = {
            (engagement, bridge, driver): amount
            for engagement, bridge, driver, amount in connection.execute(NETS, {"day": day}).fetchall()
        }
        for net in sorted(ours.keys() | theirs.keys()):
            engagement, bridge, driver = net
            if ours.get(net, 0) != theirs.get(net, 0):
                amounts = f"oracle {ours.get(net, 0)}, warehouse {theirs.get(net, 0)}"
                found.append(f"{day} {bridge} {driver} of {engagement}: {amounts}")
            elif driver == "missing_fx_rate" and (net in ours) != (net in theirs):
                where = "oracle" if net in ours else "warehouse"
                found.append(f"{day} {bridge} {driver} of {engagement}: only the {where} has such an item")
    return found


def membership_differences(connection: duckdb.DuckDBPyConnection, firm: Firm) -> list[str]:
    """One sentence per deal or project that the two put in different engagements."""
    ours = {
        (member_type, key): engagement
        for engagement, members in evaluate(firm, date.min).members.items()
        for member_type, key in members
    }
    members = "select member_type, source_system || ':' || source_id, engagement_id from marts.engagement_members"
    theirs = {(kind, key): engagement for kind, key, engagement in connection.execute(members).fetchall()}
    return [
        f"{member}: oracle {ours.get(member)}, warehouse {theirs.get(member)}"
        for member in sorted(ours.keys() | theirs.keys())
        if ours.get(member) != theirs.get(member)
    ]
