-- Work for a client whom a ledger has on credit hold, from the day after the hold was first seen. One row per project.
with held_clients as (
    select client_id, min(effective_from) as held_from
    from {{ ref('int_credit_holds') }}
    where effective_to = {{ forever() }}
    group by client_id
),

held_work as (
    select
        projects.project_id, held_clients.held_from, min(entries.work_date) as first_day, max(entries.work_date) as last_day,
        sum(entries.hours) as hours,
        cast(round(sum(case when entries.is_billable then cast(entries.hours as decimal(38, 6)) * entries.bill_rate end), 4)
            as decimal(18, 4)) as native_amount
    from held_clients
    inner join {{ ref('int_client_projects') }} as projects on held_clients.client_id = projects.company_id
    inner join {{ ref('psa_time_entries') }} as entries on projects.project_id = entries.project_id
    where entries.work_date > held_clients.held_from and entries.deleted_at is null and entries.status <> 'rejected'
    group by projects.project_id, held_clients.held_from
)

select
    'work_on_credit_hold' as rule, projects.engagement_id, projects.company_id as client_id, projects.source_system,
    'psa_projects' as source_object, projects.source_id, projects.record_url, 'hours' as field,
    cast(held_work.held_from as varchar) as value_before, cast(held_work.hours as varchar) as value_after,
    cast(null as varchar) as changed_by, held_work.native_amount, projects.currency, held_work.first_day as happened_on,
    cast(null as timestamptz) as changed_at, cast(null as date) as resolved_on
from held_work inner join {{ ref('int_client_projects') }} as projects on held_work.project_id = projects.project_id
