-- How the figures of closed months have changed since they were told. One row per closing, engagement, measure, driver and
-- period whose amount is another now; the drivers of a bridge explain its ends, record by record in fct_restatement_records.
with closings as (
    select month, closed_at, snapshot, measures, closed_at = max(closed_at) over (partition by month) as is_latest
    from {{ reported('closed_months') }}
),

told as (
    select name as measure from {{ ref('dim_availability') }} where kind in ('revenue', 'bridge') and is_available
),

-- a figure is compared where it could be told then and can be told now
compared as (
    select closings.month, closings.closed_at, told.measure
    from closings inner join told on list_contains(closings.measures, told.measure)
),

revenues as (
    unpivot (
        select
            engagement_id, cast(date_trunc('month', day) as date) as month, sum(sold_revenue) as sold_revenue,
            sum(planned_revenue) as planned_revenue, sum(billed_revenue) as billed_revenue,
            sum(recognized_revenue) as recognized_revenue, sum(collected_cash) as collected_cash
        from {{ ref('fct_revenue_deltas') }} group by all
    )
    on sold_revenue, planned_revenue, billed_revenue, recognized_revenue, collected_cash into name measure value amount
),

drivers as (
    select engagement_id, cast(date_trunc('month', day) as date) as month, bridge as measure, driver, sum(amount) as amount
    from {{ ref('fct_variance_deltas') }} group by all
),

now_figures as (
    select compared.month, compared.closed_at, engagement_id, measure, '' as driver, 'month' as period, sum(amount) as amount
    from compared inner join revenues using (measure, month) group by all
    union all
    select
        compared.month, compared.closed_at, engagement_id, compared.measure, '' as driver, 'to_date' as period,
        sum(amount) as amount
    from compared inner join revenues on compared.measure = revenues.measure and revenues.month <= compared.month group by all
    union all
    select
        compared.month, compared.closed_at, engagement_id, compared.measure, driver, 'to_date' as period, sum(amount) as amount
    from compared inner join drivers on compared.measure = drivers.measure and drivers.month <= compared.month group by all
),

reported_figures as (
    select month, closed_at, engagement_id, measure, coalesce(driver, '') as driver, period, amount
    from {{ reported('reported_figures') }} inner join compared using (month, closed_at, measure)
),

differences as (
    select
        month, closed_at, engagement_id, measure, driver, period, coalesce(reported_figures.amount, 0) as as_reported_amount,
        coalesce(now_figures.amount, 0) as now_amount
    from reported_figures
    full join now_figures using (month, closed_at, engagement_id, measure, driver, period)
)

select
    month, closings.snapshot, differences.engagement_id, differences.measure, nullif(differences.driver, '') as driver,
    differences.period,
    cast(differences.as_reported_amount as decimal(18, 2)) as as_reported_amount,
    cast(differences.now_amount as decimal(18, 2)) as now_amount,
    cast(differences.now_amount - differences.as_reported_amount as decimal(18, 2)) as difference_amount,
    closings.is_latest, closed_at
from differences
inner join closings using (month, closed_at)
where differences.as_reported_amount <> differences.now_amount
order by month, closed_at, differences.engagement_id
