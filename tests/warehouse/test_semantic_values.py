"""The values of metrics against SQL written by hand over the canonical tables of the sample firm, to the cent.

Nothing here reads a mart: each answer is worked out anew, as a careful analyst would.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from warehouse.connect import Warehouse
from warehouse.semantics import query

LAST = date(2026, 8, 31)
ZONE = "America/New_York"

# What one unit of a currency is worth in dollars on a day, and a business day.
HELPERS = f"""
create temp macro rate(code, on_day) as coalesce(
    case when code = 'USD' then cast(1 as decimal(20, 10)) end,
    (select max_by(f.rate, f.rate_date) from canonical.fx_rates as f where f.currency = code and f.rate_date <= on_day)
);
create temp macro dollars(amount, code, on_day) as cast(round(
    cast(amount as decimal(38, 4)) * coalesce(rate(code, on_day), 0), 2
) as decimal(18, 2));
create temp macro day_of(instant) as cast(timezone('{ZONE}', instant) as date);

-- documents that count: posted, of no company of our own, and each once though two ledgers hold it
create temp view documents as
with totals as (
    select invoice_id, sum(net_amount + coalesce(tax_amount, 0)) as gross from canonical.accounting_invoice_lines
    where deleted_at is null group by invoice_id
),
posted as (
    select i.*, t.gross
    from canonical.accounting_invoices as i
    left join totals as t on t.invoice_id = i.invoice_id
    left join canonical.accounting_customers as c on c.customer_id = i.customer_id
    where i.deleted_at is null and i.status in ('open', 'paid')
        and not coalesce(i.is_intercompany, false) and not coalesce(c.is_intercompany, false)
)
select p.* from posted as p
where not (p.source_system = 'exports' and exists (
    select 1 from posted as q where q.source_system = 'quickbooks' and q.number = p.number and q.type = p.type
        and q.currency = p.currency and q.gross = p.gross
));

create temp view document_lines as
select l.*, d.type, d.invoice_date, d.currency
from canonical.accounting_invoice_lines as l inner join documents as d on d.invoice_id = l.invoice_id
where l.deleted_at is null;

create temp view entries as
select e.*, p.currency from canonical.psa_time_entries as e
inner join canonical.psa_projects as p on p.project_id = e.project_id
where e.deleted_at is null and e.status <> 'rejected';

-- deals that are won, as they stood when they last were
create temp view won_deals as
with wins as (
    select deal_id, max(changed_at) as won_at from canonical.crm_deal_history
    where field = 'is_won' and new_value = 'true' group by deal_id
),
later as (
    select h.deal_id, h.field, min_by(h.old_value, h.changed_at) as value_then
    from canonical.crm_deal_history as h inner join wins as w on w.deal_id = h.deal_id and h.changed_at > w.won_at
    where h.field in ('amount', 'tax_amount') group by h.deal_id, h.field
)
select
    d.*, coalesce(day_of(w.won_at), d.close_date) as won_on,
    coalesce(cast(a.value_then as decimal(18, 4)), d.amount)
        - coalesce(cast(t.value_then as decimal(18, 4)), d.tax_amount, 0) as value_when_won
from canonical.crm_deals as d
left join wins as w on w.deal_id = d.deal_id
left join later as a on a.deal_id = d.deal_id and a.field = 'amount'
left join later as t on t.deal_id = d.deal_id and t.field = 'tax_amount'
where d.is_won and (d.deleted_at is null or day_of(d.deleted_at) > date '{LAST}');
"""

BY_HAND = {
    "billed_revenue": """
        select sum(case when booked_amount is not null then dollars(booked_amount, booked_currency, invoice_date)
            else dollars(net_amount, currency, invoice_date) end)
        from document_lines where invoice_date <= $last""",
    "credited_amount": """
        select sum(dollars(net_amount, currency, invoice_date)) from document_lines
        where invoice_date <= $last and type = 'credit_note'""",
    "advance_billed_amount": """
        select sum(dollars(net_amount, currency, invoice_date)) from document_lines
        where invoice_date <= $last and kind = 'advance'""",
    "won_deal_count": """
        select count(*) from won_deals where change_order_number is null and won_on <= $last""",
    "win_rate": """
        select count(*) filter (where is_won)
            / count(*) filter (where is_won or (is_closed and not is_won and deleted_at is null))
        from canonical.crm_deals where change_order_number is null
            and coalesce(day_of(deleted_at), date '9999-12-31') > $last""",
    "sales_cycle_days": """
        with firsts as (
            select deal_id, day_of(min(changed_at)) as won_on from canonical.crm_deal_history
            where field = 'is_won' and new_value = 'true' group by deal_id
        )
        select median(f.won_on - day_of(d.created_at)) from firsts as f
        inner join canonical.crm_deals as d on d.deal_id = f.deal_id where d.change_order_number is null""",
    "worked_hours": "select sum(hours) from entries where work_date <= $last",
    "billable_hours": "select sum(hours) from entries where work_date <= $last and is_billable",
    "worked_amount": """
        select sum(cast(round(cast(hours as decimal(38, 6)) * cast(bill_rate as decimal(18, 6))
            * rate(currency, work_date), 2) as decimal(18, 2)))
        from entries where work_date <= $last and is_billable and bill_rate is not null""",
    "capacity_hours": """
        select sum(cast(r.weekly_capacity_hours / 5 as decimal(18, 6)))
        from canonical.psa_resources as r
        inner join generate_series(date '2015-01-01', $last, interval 1 day) as d (day)
            on d.day >= r.start_date and d.day <= coalesce(r.end_date, $last)
        where isodow(d.day) <= 5""",
    "assigned_hours": """
        select sum(cast(a.hours / 5 as decimal(18, 6)) * least(5, $last - a.week_start + 1))
        from canonical.psa_assignments as a where a.deleted_at is null and a.week_start <= $last""",
    "planned_hours": """
        with versions as (
            select project_id, max(version) as version from canonical.psa_budget_versions
            where deleted_at is null and effective_on <= $last group by project_id
        )
        select sum(l.planned_hours)
        from versions as v
        inner join canonical.psa_projects as p on p.project_id = v.project_id
        inner join canonical.psa_budget_lines as l on l.project_id = v.project_id and l.version = v.version
        where p.status <> 'draft' and l.kind = 'time' and l.deleted_at is null
            and coalesce(day_of(p.deleted_at), date '9999-12-31') > $last""",
    "delivery_cost_amount": """
        with rates as (
            select e.time_entry_id, max_by(c.hourly_cost, c.effective_from) as hourly_cost,
                max_by(c.currency, c.effective_from) as cost_currency
            from entries as e
            inner join canonical.psa_cost_rates as c
                on c.resource_id = e.resource_id and c.effective_from <= e.work_date
            where c.deleted_at is null group by e.time_entry_id
        )
        select
            (select sum(cast(round(cast(e.hours as decimal(38, 6)) * cast(r.hourly_cost as decimal(18, 6))
                * rate(r.cost_currency, e.work_date), 2) as decimal(18, 2)))
            from entries as e inner join rates as r on r.time_entry_id = e.time_entry_id where e.work_date <= $last)
            + (select sum(dollars(amount, currency, expense_date)) from canonical.psa_expenses
            where deleted_at is null and status <> 'rejected' and expense_date <= $last)""",
    "remaining_hours": """
        select sum(remaining_hours) from (
            select max_by(remaining_hours, reported_on) as remaining_hours from canonical.psa_progress
            where deleted_at is null and reported_on <= $last group by project_id
        )""",
    "subcontractor_cost_amount": """
        select sum(dollars(amount, currency, posted_on)) from canonical.accounting_cost_postings
        where posted_on <= $last""",
    "deferred_amount": """
        select sum(dollars(amount, currency, month_end)) from canonical.accounting_trial_balance
        where account_type = 'deferred_revenue' and month_end <= $last""",
    "tickets_opened_count": "select count(*) from canonical.support_tickets where day_of(opened_at) <= $last",
    "open_ticket_count": """
        select count(*) from canonical.support_tickets
        where day_of(opened_at) <= $last and coalesce(day_of(closed_at) > $last, true)""",
    "sync_event_count": "select count(*) from canonical.sync_events where day_of(started_at) <= $last",
    "sync_failure_rate": """
        select count(*) filter (where status in ('failed', 'rejected')) / count(*) filter (where status <> 'pending')
        from canonical.sync_events where day_of(started_at) <= $last""",
    "sync_sla_attainment_rate": """
        select count(*) filter (where e.status = 'succeeded'
            and date_diff('minute', e.started_at, e.finished_at) <= s.target_minutes)
            / count(*) filter (where e.status <> 'pending')
        from canonical.sync_events as e inner join seeds.workflow_slas as s on s.workflow = e.workflow
        where day_of(e.started_at) <= $last""",
    "sync_latency_minutes": """
        select median(date_diff('minute', started_at, finished_at)) from canonical.sync_events
        where status = 'succeeded' and day_of(started_at) <= $last""",
    "open_exception_count": """
        select count(*) from marts.fct_exceptions where first_seen <= $last and coalesce(resolved_at > $last, true)""",
}


@pytest.fixture(scope="module")
def hand(sample: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file with a few macros and views of an analyst's own."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{sample.file}' as firm (read_only)")
        connection.execute("use firm")
        for statement in duckdb.extract_statements(HELPERS):
            connection.execute(statement)
        yield connection


def value(sample: Warehouse, metric: str) -> Any:
    return query(sample, [metric], end=LAST).to_pylist()[0][metric]


@pytest.mark.parametrize("metric", BY_HAND)
def test_a_metric_is_what_an_analyst_works_out_by_hand(
    metric: str, sample: Warehouse, hand: duckdb.DuckDBPyConnection
) -> None:
    sql = BY_HAND[metric]
    row = hand.execute(sql, {"last": LAST} if "$last" in sql else None).fetchone()
    assert row is not None
    told = value(sample, metric)
    if isinstance(told, Decimal | int):
        assert told == row[0]
    else:
        assert told == pytest.approx(float(row[0]), rel=1e-9)


def test_what_was_sold_is_what_each_deal_was_worth_when_won(sample: Warehouse, hand: duckdb.DuckDBPyConnection) -> None:
    """Deal by deal, for deals won once; corrections of mistakes at closing come on top."""
    theirs = dict(
        hand.execute(
            """
            select deal_id, dollars(value_when_won, currency, won_on) from won_deals
            where won_on <= $last and deal_id not in (
                select deal_id from canonical.crm_deal_history where field = 'is_won'
                group by deal_id having count(*) > 1
            )
            """,
            {"last": LAST},
        ).fetchall()
    )
    ours = dict(
        hand.execute(
            """
            select deal_id, sum(sold_amount) from marts.fct_sold
            where metric_date <= $last and correction_reason is null group by deal_id
            """,
            {"last": LAST},
        ).fetchall()
    )
    assert len(theirs) > 150
    # lines are rounded one by one, a deal as a whole: a cent or two between them is no difference of meaning
    assert {deal for deal in theirs if abs(theirs[deal] - ours[deal]) > Decimal("0.03")} == set()
    marts = hand.execute("select sum(sold_amount) from marts.fct_sold where metric_date <= $last", {"last": LAST})
    assert marts.fetchall() == [(value(sample, "sold_revenue"),)]


def test_what_was_collected_is_the_payments_less_the_refunds(
    sample: Warehouse, hand: duckdb.DuckDBPyConnection
) -> None:
    rows = hand.execute(
        """
        select sum(case kind when 'refund' then -1 else 1 end * dollars(p.amount, p.currency, p.paid_on))
        from canonical.accounting_payments as p
        left join canonical.accounting_customers as c on c.customer_id = p.customer_id
        left join canonical.accounting_invoices as i on i.invoice_id = p.invoice_id
        where p.deleted_at is null and coalesce(p.kind, 'payment') in ('payment', 'refund') and p.paid_on <= $last
            and not coalesce(c.is_intercompany, false) and not coalesce(i.is_intercompany, false)
            -- a payment of an invoice that the first ledger holds already is there, too
            and (p.invoice_id is null or p.invoice_id in (select invoice_id from documents)
                or i.status not in ('open', 'paid') or i.deleted_at is not null)
        """,
        {"last": LAST},
    ).fetchall()
    assert rows == [(value(sample, "collected_cash"),)]
