-- Hours that people are booked for, a week spread evenly over Monday to Friday: as booked now, and as booked when the week
-- began. One row per assignment, week and working day.
with weeks as (
    select
        assignments.assignment_id, assignments.resource_id, assignments.project_id, assignments.role, assignments.source_system,
        assignments.source_id, assignments.record_url, assignments.week_start,
        case when assignments.deleted_at is null then assignments.hours else 0 end as hours, 0 as believed_hours
    from {{ ref('psa_assignments') }} as assignments
    union all
    select
        assignments.assignment_id, assignments.resource_id, assignments.project_id, assignments.role, assignments.source_system,
        assignments.source_id, assignments.record_url, beliefs.believed_week_start as week_start, 0 as hours,
        beliefs.believed_hours
    from {{ ref('int_assignment_beliefs') }} as beliefs
    inner join {{ ref('psa_assignments') }} as assignments on beliefs.assignment_id = assignments.assignment_id
)

select
    members.engagement_id, weeks.assignment_id, weeks.project_id, weeks.resource_id,
    coalesce(weeks.role, resources.resource_role, '(none)') as role, weeks.source_system, weeks.source_id, weeks.record_url,
    cast(sum(weeks.hours * 0.2) as decimal(18, 6)) as assigned_hours,
    cast(sum(weeks.believed_hours * 0.2) as decimal(18, 6)) as believed_assigned_hours,
    weeks.week_start, days.day as metric_date
from weeks
inner join {{ ref('dim_days') }} as days
    on days.day >= weeks.week_start and days.day < weeks.week_start + 7 and days.is_working_day
left join {{ ref('dim_resources') }} as resources on weeks.resource_id = resources.resource_id
left join {{ ref('int_engagement_members') }} as members
    on members.member_type = 'project' and weeks.project_id = members.member_key
group by members.engagement_id, weeks.assignment_id, weeks.project_id, weeks.resource_id, weeks.role, resources.resource_role,
    weeks.source_system, weeks.source_id, weeks.record_url, weeks.week_start, days.day
