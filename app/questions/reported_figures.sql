-- The revenues of a closed month as they were told, as they are now, and the difference: in the month alone, and all up to its
-- end. One row per revenue, in the order of a deal's life.
with told as (
    select
        t.measure, sum(t.amount) filter (where t.period = 'month') as month_amount,
        sum(t.amount) filter (where t.period = 'to_date') as to_date_amount
    from marts.fct_as_reported as t
    where t.is_latest and t.driver is null and t.month = cast($month as date)
        and ($engagement_ids is null or t.engagement_id in (select unnest($engagement_ids)))
    group by t.measure
),
moved as (
    select
        r.measure, sum(r.difference_amount) filter (where r.period = 'month') as month_amount,
        sum(r.difference_amount) filter (where r.period = 'to_date') as to_date_amount
    from marts.fct_restatements as r
    where r.is_latest and r.driver is null and r.month = cast($month as date)
        and ($engagement_ids is null or r.engagement_id in (select unnest($engagement_ids)))
    group by r.measure
),
measures (position, measure, label) as (
    values
        (1, 'sold_revenue', 'Sold'), (2, 'planned_revenue', 'Planned'), (3, 'billed_revenue', 'Billed'),
        (4, 'recognized_revenue', 'Recognised'), (5, 'collected_cash', 'Collected')
)
select
    n.measure, n.label,
    cast(coalesce(t.month_amount, 0) as decimal(18, 2)) as reported_amount,
    cast(coalesce(t.month_amount, 0) + coalesce(m.month_amount, 0) as decimal(18, 2)) as now_amount,
    cast(coalesce(m.month_amount, 0) as decimal(18, 2)) as difference_amount,
    cast(coalesce(t.to_date_amount, 0) as decimal(18, 2)) as reported_to_date_amount,
    cast(coalesce(t.to_date_amount, 0) + coalesce(m.to_date_amount, 0) as decimal(18, 2)) as now_to_date_amount,
    cast(coalesce(m.to_date_amount, 0) as decimal(18, 2)) as difference_to_date_amount
from measures as n
left join told as t on t.measure = n.measure
left join moved as m on m.measure = n.measure
where t.measure is not null or m.measure is not null
order by n.position
