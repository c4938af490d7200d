"""`tieout close`: a month's figures, frozen as they were reported: published snapshot -> raw.duckdb, schema raw_tieout.

They are kept in raw, so that a warehouse stays a function of raw: the next build shows them as marts.fct_as_reported,
and what has changed since as marts.fct_restatements and fct_restatement_records. Closing again overwrites nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.connect import Warehouse, published_file
from warehouse.errors import SettingsError
from warehouse.figures import MONTH, RECORDS, REVENUES, TO_DATE, Figures, last_day, of_month, told_measures
from warehouse.lock import lock
from warehouse.settings import Settings

COLUMNS = ["measure", "month_amount", "to_date_amount"]

# measures: what the loaded systems could tell; a figure of these that has no row was 0.
TABLES = """
    create table if not exists raw_tieout.closed_months (
        month date, closed_at timestamptz, snapshot varchar, business_day date, loaded_at timestamptz,
        measures varchar[], reason varchar
    );
    create table if not exists raw_tieout.reported_figures (
        month date, closed_at timestamptz, snapshot varchar, engagement_id varchar, measure varchar, driver varchar,
        period varchar, amount decimal(18, 2)
    );
    create table if not exists raw_tieout.reported_records (
        month date, closed_at timestamptz, snapshot varchar, engagement_id varchar, measure varchar,
        source_system varchar, source_object varchar, source_id varchar, dated_on date, amount decimal(18, 2)
    );
"""
MONEY = pa.decimal128(18, 2)

# Each closed month as last reported and as it is told now; a restated one with the records that moved it most.
REPORTED = """
    with reported as (
        select month, measure, sum(amount) as amount from marts.fct_as_reported
        where is_latest and driver is null and period = 'month' group by all
    ),
    moved as (
        select month, measure, sum(difference_amount) as amount from marts.fct_restatements
        where is_latest and driver is null and period = 'month' group by all
    ),
    records as (
        select
            month, measure, source_object, source_id, what_happened, dated_on, difference_amount as amount,
            cast(first_seen_at as date) as first_seen_on, count(*) over (partition by month, measure) as records,
            row_number() over (
                partition by month, measure
                order by abs(difference_amount) desc, source_object, source_id, engagement_id
            ) as position
        from marts.fct_restatement_records where is_latest
    ),
    causes as (
        select
            month, measure,
            string_agg(
                source_object || ' ' || source_id || ' ' || what_happened || ' (' || amount || '), dated ' || dated_on
                || coalesce(', first seen ' || first_seen_on, ''),
                '; ' order by position
            ) || if(max(records) > 3, '; and ' || (max(records) - 3) || ' more', '') as because
        from records where position <= 3 group by all
    )
    select
        strftime(month, '%Y-%m') as month, measure, cast(coalesce(r.amount, 0) as decimal(18, 2)) as as_reported_amount,
        cast(coalesce(r.amount, 0) + coalesce(m.amount, 0) as decimal(18, 2)) as now_amount,
        cast(coalesce(m.amount, 0) as decimal(18, 2)) as difference_amount, c.because
    from reported as r
    full join moved as m using (month, measure)
    left join causes as c using (month, measure)
    order by month, list_position($measures, measure)
"""


def close(
    settings: Settings, month: date, *, say: Callable[[str], None], reason: str | None = None, again: bool = False
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Freeze the month that begins on that day, as the published snapshot tells it.

    Returns the firm's five revenues in the month and to date, as names and rows. Raises SettingsError: nothing is
    published, the month is not over, or it is closed already and `again` with a `reason` is not given.
    """
    if again and not (reason or "").strip():
        raise SettingsError(
            "Closing a month again needs its reason, for those who were told the first figures: --reason."
        )
    with lock(settings, "close", say):
        warehouse = Warehouse(published_file(settings.home))
        try:
            business_day = date.fromisoformat(warehouse.manifest["business_day"])
            if business_day <= last_day(month):
                raise SettingsError(
                    f"{month:%Y-%m} is not over: the published warehouse knows the days up to {business_day}. Run "
                    "`tieout refresh` once a later day's records can be loaded, then close it."
                )
            measures = told_measures(warehouse)
            figures = of_month(warehouse, month, measures)
            _, records = warehouse.rows(RECORDS, {"first": month, "last": last_day(month), "measures": measures})
            _, [(loaded_at,)] = warehouse.rows("select max(loaded_at) from marts.fct_loads where status = 'finished'")
        finally:
            warehouse.close()
        closed_at = datetime.now(UTC)
        why = reason if again else None
        closing = [month, closed_at, warehouse.snapshot_id, business_day, loaded_at, measures, why]
        _keep(settings, closing, figures, records, again)
    say(f"closed {month:%Y-%m} as told by {warehouse.snapshot_id}: {len(figures):,} figures, {len(records):,} records")
    return COLUMNS, _firm(measures, figures)


def reported(warehouse: Warehouse) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The revenues of each closed month, as reported and as told now, with what moved them: names and rows."""
    return warehouse.rows(REPORTED, {"measures": list(REVENUES)})


def _keep(
    settings: Settings, closing: list[Any], figures: Figures, records: Sequence[tuple[Any, ...]], again: bool
) -> None:
    """Write all of a closing to raw, or nothing."""
    month, closed_at, snapshot = closing[:3]
    head = (month, closed_at, snapshot)
    # The book's tables are made by the first load, and nothing is published before one: the schema is there.
    try:
        raw = duckdb.connect(str(settings.raw_file))
    except duckdb.IOException as error:
        raise SettingsError(
            f"{settings.raw_file} cannot be opened for writing: {error}. If something reads it, end that; then close "
            "the month again."
        ) from error
    with raw:
        raw.execute("set TimeZone = 'UTC'")
        raw.execute("begin")
        raw.execute(TABLES)
        earlier = raw.execute(
            "select strftime(max(closed_at), '%Y-%m-%d %H:%M') from raw_tieout.closed_months where month = ?", [month]
        ).fetchone()
        if earlier is not None and earlier[0] is not None and not again:
            raise SettingsError(
                f"{month:%Y-%m} was closed at {earlier[0]} UTC. `tieout close` alone shows what has changed since; "
                "to report the month anew beside the first figures, add --again --reason TEXT."
            )
        raw.execute("insert into raw_tieout.closed_months values (?, ?, ?, ?, ?, ?, ?)", closing)
        figure_rows = [
            (*head, figure.engagement_id, figure.measure, figure.driver or None, figure.period, amount)
            for figure, amount in figures.items()
        ]
        _insert(raw, "reported_figures", "engagement_id measure driver period", figure_rows)
        record_rows = [(*head, *record) for record in records]
        own_columns = "engagement_id measure source_system source_object source_id dated_on"
        _insert(raw, "reported_records", own_columns, record_rows)
        raw.execute("commit")


def _insert(raw: duckdb.DuckDBPyConnection, table: str, own_columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add rows of (month, closed_at, snapshot, the own columns, amount), all at once."""
    names = ["month", "closed_at", "snapshot", *own_columns.split(), "amount"]
    types = {"month": pa.date32(), "closed_at": pa.timestamp("us", "UTC"), "dated_on": pa.date32(), "amount": MONEY}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in names])
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
    raw.register("new_rows", pa.Table.from_arrays(arrays, schema=schema))
    raw.execute(f"insert into raw_tieout.{table} by name select * from new_rows")
    raw.unregister("new_rows")


def _firm(measures: Sequence[str], figures: Figures) -> list[tuple[Any, ...]]:
    """The firm's revenues: (measure, in the month, to date)."""

    def total(measure: str, period: str) -> Decimal:
        amounts = (amount for f, amount in figures.items() if f.measure == measure and f.period == period)
        return sum(amounts, Decimal("0.00"))

    return [(measure, total(measure, MONTH), total(measure, TO_DATE)) for measure in measures if measure in REVENUES]
