"""The nets that faults fall into: dbt's tests and contracts, the checks before publishing, and the oracle.

(built firms with a fault in them) -> the names of the nets that caught it
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from mutation.built_firms import BuiltFirms
from mutation.faults import Fault
from oracle.classes import classified, read_drivers
from oracle.evaluate import changes, evaluate
from oracle.records import Firm

from warehouse.checks import BRIDGES, CHECKS

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
REVENUES = ("sold_revenue", "planned_revenue", "billed_revenue", "recognized_revenue", "collected_cash")
CLASS_DAYS = 6
CLASSES = """
    select date '{day}' as day, '{bridge}' as bridge, engagement_id, driver, class, amount
    from semantic.bridge_by_engagement('{bridge}', date '{day}')
"""
# The checks before publishing that a fault in the numbers can fail: (what a table of results calls it) -> check.
PUBLISH_CHECKS: dict[str, Callable[[duckdb.DuckDBPyConnection], list[str]]] = {
    name: CHECKS[name] for name in ("every bridge ties", "rows read = loaded + quarantined")
}

# Where warehouse and oracle differ. Amounts of 0 and no amount are alike.
DIFFERENCES = {
    "drivers": """
        with ours as (
            select d.day, i.engagement_id, i.bridge, i.driver, sum(i.amount) as amount
            from oracle.days as d
            inner join marts.fct_variance_items as i
                on i.effective_from <= d.day and coalesce(i.effective_to, date '9999-12-31') > d.day
            group by all having sum(i.amount) <> 0
        )
        select count(*) from ours full join oracle.nets as theirs using (day, engagement_id, bridge, driver)
        where ours.amount is distinct from theirs.amount
    """,
    "revenues": """
        with ours as (
            select d.day, r.engagement_id, r.metric, sum(r.amount) as amount
            from oracle.days as d
            inner join (
                unpivot marts.fct_revenue_deltas
                on sold_revenue, planned_revenue, billed_revenue, recognized_revenue, collected_cash
                into name metric value amount
            ) as r on r.day <= d.day
            group by all having sum(r.amount) <> 0
        )
        select count(*) from ours full join oracle.revenues as theirs using (day, engagement_id, metric)
        where ours.amount is distinct from theirs.amount
    """,
    "classes": """
        with ours as (
            {ours}
        )
        select count(*)
        from (select * from ours where amount <> 0) as ours
        full join oracle.classes as theirs using (day, bridge, engagement_id, driver, class)
        where ours.amount is distinct from theirs.amount
    """,
    "engagements": """
        select count(*)
        from (
            select engagement_id, member_type, source_system || ':' || source_id as member_key
            from marts.engagement_members
        ) as ours
        full join oracle.members as theirs using (engagement_id, member_type, member_key)
        where ours.engagement_id is null or theirs.engagement_id is null
    """,
}


class Nets:
    """What the oracle says of the built firms, worked out once and kept beside them; and all nets for one fault."""

    def __init__(self, built: BuiltFirms, firm: Firm) -> None:
        self.built = built
        self._keep(firm)

    def caught_by(self, fault: Fault) -> list[str]:
        """The names of the nets that a fault falls into; those that stop a publish come first."""
        try:
            with self.built.with_fault(fault) as changed:
                return self.of_contracts(changed) + self.of_dbt(changed) + self.of_checks() + self.of_oracle()
        except duckdb.Error as error:
            return [f"the build fails: {str(error).splitlines()[0][:80]}"]

    def of_contracts(self, changed: set[str]) -> list[str]:
        built = self.built
        return [
            f"contract of {built.models[key].name}"
            for key in built.types
            if key in changed and built.types_of(built.models[key]) != built.types[key]
        ]

    def of_dbt(self, changed: set[str]) -> list[str]:
        failed = []
        for name, (sql, parents) in self.built.tests.items():
            if changed & parents and self.built.connection.execute(f"select count(*) from ({sql})").fetchall()[0][0]:
                failed.append(f"dbt test {name}")
        return sorted(failed)

    def of_checks(self) -> list[str]:
        return [f"check: {name}" for name, check in PUBLISH_CHECKS.items() if check(self.built.connection)]

    def of_oracle(self) -> list[str]:
        ours = " union all ".join(CLASSES.format(day=day, bridge=b) for day in self.class_days for b in BRIDGES)
        found = {
            name: self.built.connection.execute(sql.replace("{ours}", ours)).fetchall()[0][0]
            for name, sql in DIFFERENCES.items()
        }
        return [f"oracle: {name}" for name, differences in found.items() if differences]

    def _keep(self, firm: Firm) -> None:
        days = changes(firm)
        self.class_days = days[len(days) // 8 :: max(1, len(days) // CLASS_DAYS)]
        drivers = read_drivers(SEEDS / "variance_drivers.csv")
        nets: list[tuple[Any, ...]] = []
        revenues: list[tuple[Any, ...]] = []
        for day in days:
            answer = evaluate(firm, day)
            for engagement, bridges in answer.drivers.items():
                for bridge, amounts in bridges.items():
                    nets += [(day, engagement, bridge, driver, amount) for driver, amount in amounts.items() if amount]
            for engagement, metrics in answer.metrics.items():
                revenues += [(day, engagement, name, metrics[name]) for name in REVENUES if metrics[name]]
        members = [(e, kind, key) for e, found in evaluate(firm, date.min).members.items() for kind, key in found]
        self.built.connection.execute("attach ':memory:' as oracle")
        self._store("days", {"day": "date"}, [(day,) for day in days])
        net = {"day": "date", "engagement_id": "varchar", "bridge": "varchar", "driver": "varchar"}
        self._store("nets", net | {"amount": "decimal(18, 2)"}, nets)
        self._store(
            "revenues",
            {"day": "date", "engagement_id": "varchar", "metric": "varchar", "amount": "decimal(18, 2)"},
            revenues,
        )
        self._store("members", {"engagement_id": "varchar", "member_type": "varchar", "member_key": "varchar"}, members)
        self._store(
            "classes",
            net | {"class": "varchar", "amount": "decimal(18, 2)"},
            [row for day in self.class_days for row in classes_on(firm, day, drivers)],
        )

    def _store(self, name: str, columns: dict[str, str], rows: list[tuple[Any, ...]]) -> None:
        texts = {column: pa.array([str(row[n]) for row in rows], pa.string()) for n, column in enumerate(columns)}
        self.built.connection.register("rows_of_oracle", pa.table(texts))
        casts = ", ".join(f'cast("{column}" as {kind}) as "{column}"' for column, kind in columns.items())
        self.built.connection.execute(f"create table oracle.{name} as select {casts} from rows_of_oracle")
        self.built.connection.unregister("rows_of_oracle")


def classes_on(firm: Firm, day: date, drivers: Any) -> list[tuple[Any, ...]]:
    """Nets by class on a day: (day, engagement, bridge, driver, class, amount)."""
    found: dict[tuple[str, str, str, str], Decimal] = {}
    for net in classified(firm, day, drivers):
        key = (net.engagement, net.bridge, net.driver, net.net_class)
        found[key] = found.get(key, Decimal(0)) + net.amount
    return [(day, *key, amount) for key, amount in found.items() if amount]
