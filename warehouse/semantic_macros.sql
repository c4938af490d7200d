-- The questions a bridge answers, as table macros of schema `semantic`. Run by warehouse/semantics.py on every build.
-- No name here holds a catalog, so that a snapshot opens under any; and every column is qualified, because a macro's
-- parameter that is named like a column would be that column.

-- The five revenues of every engagement as of a day. A side whose system is not loaded is null, never 0.
create or replace macro semantic.revenue_as_of(as_of) as table
with opening as (
    select least(cast(date_trunc('month', cast(as_of as date)) as date), (select max(b.month) from marts.fct_revenue_balances as b)) as month
),
parts as (
    select b.engagement_id, b.sold_revenue, b.planned_revenue, b.billed_revenue, b.recognized_revenue, b.collected_cash
    from marts.fct_revenue_balances as b, opening as o where b.month = o.month
    union all
    select d.engagement_id, d.sold_revenue, d.planned_revenue, d.billed_revenue, d.recognized_revenue, d.collected_cash
    from marts.fct_revenue_deltas as d, opening as o
    where d.day <= cast(as_of as date) and d.day >= coalesce(o.month, date '0001-01-01')
)
select
    p.engagement_id,
    case when any_value(a.has_crm) then cast(sum(p.sold_revenue) as decimal(18, 2)) end as sold_revenue,
    case when any_value(a.has_psa) then cast(sum(p.planned_revenue) as decimal(18, 2)) end as planned_revenue,
    case when any_value(a.has_accounting) then cast(sum(p.billed_revenue) as decimal(18, 2)) end as billed_revenue,
    case when any_value(a.has_revenue_postings) then cast(sum(p.recognized_revenue) as decimal(18, 2)) end as recognized_revenue,
    case when any_value(a.has_payments) then cast(sum(p.collected_cash) as decimal(18, 2)) end as collected_cash
from parts as p, marts.dim_availability as a
group by p.engagement_id;

-- What a bridge leads from and to, per engagement, as of a day. Only ledgers that post revenue (take payments) take part in
-- the third (fourth).
create or replace macro semantic.bridge_ends(bridge, as_of) as table
with opening as (
    select least(cast(date_trunc('month', cast(as_of as date)) as date), (select max(b.month) from marts.fct_revenue_balances as b)) as month
),
parts as (
    select b.* exclude (month) from marts.fct_revenue_balances as b, opening as o where b.month = o.month
    union all by name
    select d.* exclude (day, revenue_type) from marts.fct_revenue_deltas as d, opening as o
    where d.day <= cast(as_of as date) and d.day >= coalesce(o.month, date '0001-01-01')
),
ends as (
    select
        p.engagement_id,
        sum(case bridge when 'sold_to_planned' then p.sold_revenue when 'planned_to_billed' then p.planned_revenue
            when 'billed_to_recognized' then p.posting_ledgers_billed_revenue
            when 'billed_to_collected' then p.paying_ledgers_billed_revenue end) as start_amount,
        sum(case bridge when 'sold_to_planned' then p.planned_revenue when 'planned_to_billed' then p.billed_revenue
            when 'billed_to_recognized' then p.recognized_revenue when 'billed_to_collected' then p.collected_cash end)
            as end_amount
    from parts as p group by p.engagement_id
)
select e.engagement_id, cast(e.start_amount as decimal(18, 2)) as start_amount, cast(e.end_amount as decimal(18, 2)) as end_amount
from ends as e, marts.dim_availability as a
where case bridge when 'sold_to_planned' then a.has_crm and a.has_psa when 'planned_to_billed' then a.has_psa and a.has_accounting
    when 'billed_to_recognized' then a.has_revenue_postings when 'billed_to_collected' then a.has_payments end;

-- A bridge as of a day, per engagement: one row per engagement, driver and class. The class is decided on the net of the
-- engagement, driver, reason given or not, and past its expected time or not.
create or replace macro semantic.bridge_by_engagement(bridge, as_of) as table
with opening as (
    select least(cast(date_trunc('month', cast(as_of as date)) as date), (select max(b.month) from marts.fct_variance_balances as b)) as month
),
parts as (
    select b.engagement_id, b.driver, b.has_reason, b.is_overdue, b.amount, b.item_count
    from marts.fct_variance_balances as b, opening as o where b.month = o.month and b.bridge = bridge
    union all
    select d.engagement_id, d.driver, d.has_reason, d.is_overdue, d.amount, d.item_count
    from marts.fct_variance_deltas as d, opening as o
    where d.bridge = bridge and d.day <= cast(as_of as date) and d.day >= coalesce(o.month, date '0001-01-01')
),
nets as (
    select p.engagement_id, p.driver, p.has_reason, p.is_overdue, sum(p.amount) as amount, sum(p.item_count) as item_count
    from parts as p group by p.engagement_id, p.driver, p.has_reason, p.is_overdue
    having sum(p.amount) <> 0 or sum(p.item_count) <> 0
),
classed as (
    select
        n.engagement_id, n.driver, s.label, n.amount, n.item_count,
        case
            when n.has_reason and s.class_with_reason is not null then s.class_with_reason
            when s.class = 'needs_action' and (
                abs(n.amount) <= coalesce(s.tolerance_amount, 0)
                or abs(n.amount) <= coalesce(s.tolerance_share, 0) * abs(coalesce(e.start_amount, 0))
            ) then 'expected'
            when s.class = 'expected' and n.is_overdue then 'needs_action'
            else s.class
        end as class
    from nets as n
    inner join seeds.variance_drivers as s on s.bridge = bridge and s.driver = n.driver
    left join semantic.bridge_ends(bridge, as_of) as e on e.engagement_id = n.engagement_id
)
select
    c.engagement_id, c.driver, c.label, c.class, cast(sum(c.amount) as decimal(18, 2)) as amount,
    cast(sum(c.item_count) as bigint) as item_count
from classed as c
group by c.engagement_id, c.driver, c.label, c.class;

-- A bridge as of a day: one row per driver and class.
create or replace macro semantic.bridge(bridge, as_of) as table
select
    b.driver, b.label, b.class, cast(sum(b.amount) as decimal(18, 2)) as amount, cast(sum(b.item_count) as bigint) as item_count
from semantic.bridge_by_engagement(bridge, as_of) as b
group by b.driver, b.label, b.class;

-- How a bridge moved from one day to another, both included: the columns of `bridge`.
create or replace macro semantic.movement(bridge, from_date, to_date) as table
with moves as (
    select b.driver, b.label, b.class, b.amount, b.item_count from semantic.bridge(bridge, to_date) as b
    union all
    select b.driver, b.label, b.class, -b.amount, -b.item_count
    from semantic.bridge(bridge, cast(from_date as date) - 1) as b
)
select
    m.driver, m.label, m.class, cast(sum(m.amount) as decimal(18, 2)) as amount, cast(sum(m.item_count) as bigint) as item_count
from moves as m
group by m.driver, m.label, m.class
having sum(m.amount) <> 0 or sum(m.item_count) <> 0;
