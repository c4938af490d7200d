-- Hours that were sold and have nobody to work them, as dated changes: sold, less worked up to a day, less booked after it,
-- where that is positive. One row per engagement, role and day.
with moves as (
    select engagement_id, role, metric_date, sold_hours as hours from {{ ref('fct_sold') }}
    where sold_hours is not null and role is not null
    union all
    select engagement_id, role, metric_date, -worked_hours from {{ ref('fct_time_entries') }}
    where engagement_id is not null and role is not null
    union all
    -- a booking stands for its hours from the beginning until its day has come
    select assignments.engagement_id, assignments.role, engagements.reference_date, -assignments.assigned_hours
    from {{ ref('fct_assignments') }} as assignments
    inner join {{ ref('dim_engagements') }} as engagements on assignments.engagement_id = engagements.engagement_id
    where engagements.reference_date < assignments.metric_date
    union all
    select assignments.engagement_id, assignments.role, assignments.metric_date, assignments.assigned_hours
    from {{ ref('fct_assignments') }} as assignments
    inner join {{ ref('dim_engagements') }} as engagements on assignments.engagement_id = engagements.engagement_id
    where engagements.reference_date < assignments.metric_date
),

sold_roles as (
    select distinct engagement_id, role from {{ ref('fct_sold') }} where sold_hours > 0 and role is not null
),

days as (
    select moves.engagement_id, moves.role, moves.metric_date, sum(moves.hours) as hours
    from moves
    inner join sold_roles on moves.engagement_id = sold_roles.engagement_id and moves.role = sold_roles.role
    group by moves.engagement_id, moves.role, moves.metric_date
),

standing as (
    select engagement_id, role, metric_date,
        greatest(sum(hours) over (partition by engagement_id, role order by metric_date), 0) as hours
    from days
)

select
    engagement_id, role,
    cast(hours - coalesce(lag(hours) over (partition by engagement_id, role order by metric_date), 0) as decimal(18, 6))
        as unstaffed_hours,
    metric_date
from standing
qualify unstaffed_hours <> 0
