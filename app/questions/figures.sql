-- The five revenues as of a day, and how they moved since the opening day. One row per metric, in the order of a deal's
-- life. Null where what it needs is not loaded; `lacks` says what that is.
with sums as (
    select
        sum(r.sold_revenue) as sold_revenue, sum(r.planned_revenue) as planned_revenue,
        sum(r.billed_revenue) as billed_revenue, sum(r.recognized_revenue) as recognized_revenue,
        sum(r.collected_cash) as collected_cash
    from semantic.revenue_as_of(cast($as_of as date)) as r
    where $engagement_ids is null or r.engagement_id in (select unnest($engagement_ids))
),
openings as (
    select
        sum(r.sold_revenue) as sold_revenue, sum(r.planned_revenue) as planned_revenue,
        sum(r.billed_revenue) as billed_revenue, sum(r.recognized_revenue) as recognized_revenue,
        sum(r.collected_cash) as collected_cash
    from semantic.revenue_as_of(cast($opening as date)) as r
    where $engagement_ids is null or r.engagement_id in (select unnest($engagement_ids))
),
metrics as (
    select 1 as position, 'sold_revenue' as metric, 'Sold' as label, 'crm' as system_of_record, s.sold_revenue as amount, o.sold_revenue as opening_amount
    from sums as s, openings as o
    union all
    select 2, 'planned_revenue', 'Planned', 'psa', s.planned_revenue, o.planned_revenue
    from sums as s, openings as o
    union all
    select 3, 'billed_revenue', 'Billed', 'accounting', s.billed_revenue, o.billed_revenue
    from sums as s, openings as o
    union all
    select 4, 'recognized_revenue', 'Recognised', 'accounting', s.recognized_revenue, o.recognized_revenue
    from sums as s, openings as o
    union all
    select 5, 'collected_cash', 'Collected', 'accounting', s.collected_cash, o.collected_cash
    from sums as s, openings as o
)
select
    m.position, m.metric, m.label, m.system_of_record, c.description, a.lacks,
    case when a.is_available then cast(coalesce(m.amount, 0) as decimal(18, 2)) end as amount,
    case when a.is_available then cast(coalesce(m.amount, 0) - coalesce(m.opening_amount, 0) as decimal(18, 2)) end as change_amount
from metrics as m
inner join marts.dim_availability as a on a.name = m.metric
left join semantic.metric_catalog as c on c.metric = m.metric
order by m.position
