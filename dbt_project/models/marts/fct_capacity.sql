-- Hours that people could work: weekly hours spread evenly over Monday to Friday, from their start to their end, at most a
-- year past the business day. One row per resource and working day.
with firsts as (
    select min(work_date) as first_day from {{ ref('psa_time_entries') }} where deleted_at is null
),

spans as (
    select
        resources.resource_id, cast(resources.weekly_capacity_hours * 0.2 as decimal(18, 6)) as capacity_hours,
        coalesce(resources.start_date, firsts.first_day) as first_day,
        least(
            coalesce(resources.end_date, date '{{ var("business_day") }}' + 365),
            coalesce({{ business_date('resources.deleted_at') }}, {{ forever() }}), date '{{ var("business_day") }}' + 365
        ) as last_day
    from {{ ref('psa_resources') }} as resources
    cross join firsts
    where resources.weekly_capacity_hours > 0
)

select spans.resource_id, spans.capacity_hours, days.day as metric_date
from spans
inner join {{ ref('dim_days') }} as days on days.day between spans.first_day and spans.last_day
where days.is_working_day
