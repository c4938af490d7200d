-- Hours worked, all that were not rejected. One row per time entry.
select
    members.engagement_id, entries.time_entry_id, entries.project_id, entries.resource_id, resources.name as resource,
    coalesce(entries.role, resources.role) as role, entries.status, entries.source_system, entries.source_id,
    entries.record_url, projects.currency as native_currency,
    cast(entries.hours as decimal(18, 6)) as worked_hours,
    cast(case when entries.is_billable then entries.hours else 0 end as decimal(18, 6)) as billable_hours,
    cast(case when entries.is_billable and entries.bill_rate is not null and rates.rate is not null
        then {{ worth('entries.hours', 'entries.bill_rate', 'rates.rate') }} else 0 end as decimal(18, 2)) as worked_amount,
    coalesce(projects.is_internal, false) as is_internal, entries.is_billable,
    entries.work_date as metric_date
from {{ ref('psa_time_entries') }} as entries
left join {{ ref('psa_projects') }} as projects on entries.project_id = projects.project_id
left join {{ ref('psa_resources') }} as resources on entries.resource_id = resources.resource_id
left join {{ ref('int_engagement_members') }} as members
    on members.member_type = 'project' and entries.project_id = members.member_key
left join {{ ref('int_fx_rates') }} as rates
    on projects.currency = rates.currency and entries.work_date >= rates.valid_from and entries.work_date < rates.valid_to
where entries.deleted_at is null and entries.status <> 'rejected'
