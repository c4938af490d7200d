-- One row per work in each version of its project's plan. By timesheet, effort x price is planned time in the role of
-- its product; otherwise the work is a milestone of that worth.
with lines as (
    select
        item.work_id, item.project_id, version.version, item.kind, cast(item.amount as decimal(18, 4)) as amount,
        item.planned_date, item.role, item.planned_hours, item.planned_rate, version.source_system, version.load_id,
        version.first_seen_at, version.deleted_at
    from {{ ref('stg_tryton__plan_versions') }} as version
    join {{ ref('stg_tryton__plan_items') }} as item
        on version.source_system = item.source_system and version.project_id = item.project_id
            and item.effective_on <= version.effective_on
            and (item.effective_until is null or item.effective_until > version.effective_on)
    where item.amount <> 0
)

select
    work_id as budget_line_id, project_id, version, kind, amount, planned_date,
    case when kind = 'time' then role end as role, case when kind = 'time' then planned_hours end as planned_hours,
    case when kind = 'time' then planned_rate end as planned_rate,
    case when kind = 'milestone' then work_id end as milestone_id,
    source_system, project_id || '|' || cast(version as varchar) || '|' || work_id as source_id, load_id, first_seen_at,
    deleted_at, {{ tryton_url('project.work', 'work_id') }} as record_url
from lines
