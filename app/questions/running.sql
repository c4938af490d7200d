-- Sold, planned, billed and collected of an engagement, as they ran up to a day. One row per metric and day of change.
with days as (
    select
        d.day, sum(sum(d.sold_revenue)) over (order by d.day) as sold_revenue,
        sum(sum(d.planned_revenue)) over (order by d.day) as planned_revenue,
        sum(sum(d.billed_revenue)) over (order by d.day) as billed_revenue,
        sum(sum(d.collected_cash)) over (order by d.day) as collected_cash
    from marts.fct_revenue_deltas as d
    where d.engagement_id = $engagement_id and d.day <= cast($as_of as date)
    group by d.day
),
told as (
    select 'sold_revenue' as metric, 'Sold' as label, d.day, d.sold_revenue as amount from days as d
    union all
    select 'planned_revenue', 'Planned', d.day, d.planned_revenue from days as d
    union all
    select 'billed_revenue', 'Billed', d.day, d.billed_revenue from days as d
    union all
    select 'collected_cash', 'Collected', d.day, d.collected_cash from days as d
)
select t.metric, t.label, t.day, t.amount
from told as t
inner join marts.dim_availability as a on a.name = t.metric and a.is_available
order by all
