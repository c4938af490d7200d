-- Sold, planned, billed and collected of an engagement, as they ran up to a day. One row per metric and day of change.
with days as (
    select
        d.day, a.has_crm, a.has_psa, a.has_accounting, a.has_payments,
        sum(sum(d.sold_revenue)) over (order by d.day) as sold_revenue,
        sum(sum(d.planned_revenue)) over (order by d.day) as planned_revenue,
        sum(sum(d.billed_revenue)) over (order by d.day) as billed_revenue,
        sum(sum(d.collected_cash)) over (order by d.day) as collected_cash
    from marts.fct_revenue_deltas as d, marts.dim_availability as a
    where d.engagement_id = $engagement_id and d.day <= cast($as_of as date)
    group by d.day, a.has_crm, a.has_psa, a.has_accounting, a.has_payments
)
select 'sold_revenue' as metric, 'Sold' as label, d.day, d.sold_revenue as amount from days as d where d.has_crm
union all
select 'planned_revenue', 'Planned', d.day, d.planned_revenue from days as d where d.has_psa
union all
select 'billed_revenue', 'Billed', d.day, d.billed_revenue from days as d where d.has_accounting
union all
select 'collected_cash', 'Collected', d.day, d.collected_cash from days as d where d.has_payments
order by all
