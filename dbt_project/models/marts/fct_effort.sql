-- Hours worked, remaining and planned of projects that report their progress, as dated changes; everything counts from the
-- first report on. One row per project, measure and day.
with firsts as (
    select project_id, min(reported_on) as first_report from {{ ref('psa_progress') }} where deleted_at is null
    group by project_id
),

reports as (
    select
        project_id, reported_on,
        remaining_hours - coalesce(lag(remaining_hours) over (partition by project_id order by reported_on), 0) as remaining_hours
    from {{ ref('psa_progress') }}
    where deleted_at is null and remaining_hours is not null
),

moves as (
    select project_id, reported_on as metric_date, remaining_hours, 0 as worked_hours, 0 as planned_hours from reports
    union all
    select entries.project_id, greatest(entries.work_date, firsts.first_report), 0, entries.hours, 0
    from {{ ref('psa_time_entries') }} as entries
    inner join firsts on entries.project_id = firsts.project_id
    where entries.deleted_at is null and entries.status <> 'rejected'
    union all
    select planned.project_id, greatest(planned.metric_date, firsts.first_report), 0, 0, planned.planned_hours
    from {{ ref('fct_planned') }} as planned
    inner join firsts on planned.project_id = firsts.project_id
    where planned.planned_hours is not null
)

select
    members.engagement_id, moves.project_id, projects.name as project,
    cast(sum(moves.worked_hours) as decimal(18, 6)) as worked_hours,
    cast(sum(moves.remaining_hours) as decimal(18, 6)) as remaining_hours,
    cast(sum(moves.planned_hours) as decimal(18, 6)) as planned_hours, moves.metric_date
from moves
left join {{ ref('psa_projects') }} as projects on moves.project_id = projects.project_id
left join {{ ref('int_engagement_members') }} as members
    on members.member_type = 'project' and moves.project_id = members.member_key
group by members.engagement_id, moves.project_id, projects.name, moves.metric_date
