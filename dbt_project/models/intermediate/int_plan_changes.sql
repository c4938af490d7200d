-- When each version of a budget came into effect, what it replaced, and why. One row per project and change of the
-- version in effect. The highest version whose day has come counts, so that some versions never do.
with first_days as (
    -- a draft's plan counts from the day the project leaves draft
    select
        projects.project_id,
        {{ business_date('projects.deleted_at') }} as deleted_on,
        case when bool_or(status.status = 'draft')
            then coalesce(
                min(status.effective_from) filter (where status.status in ('open', 'on_hold', 'closed')), {{ forever() }}
            )
            else date '0001-01-01' end as first_day
    from {{ ref('psa_projects') }} as projects
    inner join {{ ref('int_project_status') }} as status on projects.project_id = status.project_id
    group by projects.project_id, projects.deleted_at
),

windows as (
    select
        versions.project_id, versions.version, versions.change_order_number, versions.approved_by,
        greatest(versions.effective_on, first_days.first_day) as effective_from,
        least(
            coalesce({{ business_date('versions.deleted_at') }}, {{ forever() }}),
            coalesce(first_days.deleted_on, {{ forever() }})
        ) as effective_to
    from {{ ref('psa_budget_versions') }} as versions
    inner join first_days on versions.project_id = first_days.project_id
),

days as (
    select project_id, effective_from as day from windows where effective_from < effective_to
    union
    select project_id, effective_to as day from windows where effective_from < effective_to and effective_to < {{ forever() }}
),

in_effect as (
    select days.project_id, days.day, max(windows.version) as version
    from days
    left join windows
        on days.project_id = windows.project_id
        and days.day >= windows.effective_from and days.day < windows.effective_to
    group by days.project_id, days.day
),

changes as (
    select project_id, day, version, lag(version) over (partition by project_id order by day) as version_before
    from in_effect
    qualify version is distinct from lag(version) over (partition by project_id order by day)
),

told as (
    select
        changes.*, windows.change_order_number, windows.approved_by,
        coalesce(lead(changes.day) over (partition by changes.project_id order by changes.day), {{ forever() }}) as next_day,
        row_number() over (partition by changes.project_id, changes.version order by changes.day) as nth_time,
        min(changes.day) over (partition by changes.project_id, changes.version) as first_day
    from changes
    left join windows on changes.project_id = windows.project_id and changes.version = windows.version
),

firsts as (
    select project_id, min(day) as first_plan_day
    from told where version is not null and change_order_number is null and nth_time = 1
    group by project_id
)

select
    told.project_id,
    told.version,
    told.version_before,
    case when told.version is null or told.nth_time > 1 then 'replanned'
        when told.change_order_number is not null then 'change_order'
        when told.day = firsts.first_plan_day then 'first_plan'
        else 'replanned' end as cause,
    case when told.nth_time = 1 then told.change_order_number end as change_order_number,
    told.approved_by,
    told.day as effective_from,
    told.next_day as effective_to,
    told.first_day
from told
left join firsts on told.project_id = firsts.project_id
