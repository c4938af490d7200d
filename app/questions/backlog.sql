-- The unbilled backlog of an engagement, month by month up to a day: opening + sold − billed = closing. One row per month
-- in which anything moved, the newest first.
with months as (
    select cast(date_trunc('month', d.day) as date) as month, sum(d.sold_revenue) as sold_revenue, sum(d.billed_revenue) as billed_revenue
    from marts.fct_revenue_deltas as d
    where d.engagement_id = $engagement_id and d.day <= cast($as_of as date)
    group by date_trunc('month', d.day)
    having sum(d.sold_revenue) <> 0 or sum(d.billed_revenue) <> 0
)
select
    m.month,
    cast(sum(m.sold_revenue - m.billed_revenue) over (order by m.month) - m.sold_revenue + m.billed_revenue as decimal(18, 2)) as opening_amount,
    cast(m.sold_revenue as decimal(18, 2)) as sold_revenue, cast(-m.billed_revenue as decimal(18, 2)) as billed_amount,
    cast(sum(m.sold_revenue - m.billed_revenue) over (order by m.month) as decimal(18, 2)) as closing_amount
from months as m
where not exists (
    select 1 from marts.dim_availability as a where a.name in ('sold_revenue', 'billed_revenue') and not a.is_available
)
order by m.month desc
