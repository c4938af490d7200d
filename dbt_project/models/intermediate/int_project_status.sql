-- What state each project was in, and when. One row per project and run of days in one state. Where a project's
-- history is not told, a closed one was closed on its end date (else when it was created), any other always so.
with changes as (
    select
        project_id, old_value, new_value, changed_at,
        {{ business_date('changed_at') }} as changed_on,
        row_number() over (partition by project_id order by changed_at, new_value) as nth
    from {{ ref('psa_project_history') }}
    where field = 'status' and deleted_at is null
),

states as (
    select project_id, new_value as status, changed_on as effective_from, nth from changes
    union all
    select project_id, coalesce(old_value, case new_value when 'draft' then 'draft' else 'open' end) as status, date '0001-01-01' as effective_from, 0 as nth
    from changes where nth = 1
    union all
    -- the present status counts even where the history does not tell how it came about
    select
        projects.project_id, projects.status,
        greatest(lasts.changed_on, case
            when projects.status in ('closed', 'cancelled')
                then coalesce(projects.end_date, {{ business_date('projects.created_at') }})
            else {{ business_date('projects.created_at') }}
        end) as effective_from,
        lasts.nth + 1 as nth
    from {{ ref('psa_projects') }} as projects
    inner join (
        select project_id, new_value, changed_on, nth from changes
        qualify nth = max(nth) over (partition by project_id)
    ) as lasts on projects.project_id = lasts.project_id and projects.status <> lasts.new_value
    union all
    select projects.project_id, projects.status, since.effective_from, 0 as nth
    from {{ ref('psa_projects') }} as projects
    cross join lateral (
        select case
            when projects.status in ('closed', 'cancelled')
                then coalesce(projects.end_date, {{ business_date('projects.created_at') }})
            when projects.status = 'on_hold' then {{ business_date('projects.created_at') }}
            else date '0001-01-01'
        end as effective_from
    ) as since
    where not exists (select 1 from changes where changes.project_id = projects.project_id)
),

days as (
    select
        project_id, status, effective_from,
        coalesce(lead(effective_from) over (partition by project_id order by effective_from, nth), {{ forever() }})
            as effective_to
    from states
)

select project_id, status, effective_from, effective_to from days where effective_from < effective_to
