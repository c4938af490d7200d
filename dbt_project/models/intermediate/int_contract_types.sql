-- How each project was priced, and when. One row per project and run of days under one contract type.
with changes as (
    select
        project_id, old_value, new_value, {{ business_date('changed_at') }} as changed_on,
        row_number() over (partition by project_id order by changed_at, new_value) as nth
    from {{ ref('psa_project_history') }}
    where field = 'contract_type' and deleted_at is null
),

states as (
    select project_id, new_value as contract_type, changed_on as effective_from, nth from changes
    union all
    select
        projects.project_id, coalesce(changes.old_value, projects.contract_type) as contract_type,
        date '0001-01-01' as effective_from, 0 as nth
    from {{ ref('psa_projects') }} as projects
    left join changes on projects.project_id = changes.project_id and changes.nth = 1
),

days as (
    select
        project_id, contract_type, effective_from,
        coalesce(lead(effective_from) over (partition by project_id order by effective_from, nth), {{ forever() }})
            as effective_to
    from states
)

select project_id, contract_type, effective_from, effective_to from days where effective_from < effective_to
