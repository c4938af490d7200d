-- What a month is believed to bring: what was billed, and what is planned to fall due. As believed now (billed up to the business
-- day, planned after it), and for closed months as believed when the month began, beside what came. One row per engagement,
-- revenue type and day.
with now as (
    select
        date '{{ var("business_day") }}' as business_day,
        cast({{ dbt.date_trunc('month', "date '" ~ var("business_day") ~ "' + 1") }} as date) as open_from
),

lines as (
    select
        lines.engagement_id, lines.revenue_type, lines.amount, lines.planned_date, lines.effective_from, lines.effective_to,
        months.month_start
    from {{ ref('int_plan_lines') }} as lines
    inner join {{ ref('dim_days') }} as months on lines.planned_date = months.day
),

moves as (
    select engagement_id, revenue_type, billed_amount as forecast_amount, 0 as believed_amount, 0 as came_amount, metric_date
    from {{ ref('fct_billed') }}
    where metric_date <= (select business_day from now)
    union all
    select engagement_id, revenue_type, amount, 0, 0, planned_date
    from lines
    cross join now
    where lines.planned_date > now.business_day
        and lines.effective_from <= now.business_day and lines.effective_to > now.business_day
    union all
    -- the plan in effect on the day before the month began
    select engagement_id, revenue_type, 0, amount, 0, planned_date
    from lines
    cross join now
    where lines.planned_date < now.open_from
        and lines.effective_from < lines.month_start and lines.effective_to >= lines.month_start
    union all
    select engagement_id, revenue_type, 0, 0, billed_amount, metric_date
    from {{ ref('fct_billed') }}
    where metric_date < (select open_from from now)
)

select
    engagement_id, revenue_type, cast(sum(forecast_amount) as decimal(18, 2)) as forecast_amount,
    cast(sum(believed_amount) as decimal(18, 2)) as believed_amount, cast(sum(came_amount) as decimal(18, 2)) as came_amount,
    metric_date
from moves
group by engagement_id, revenue_type, metric_date
