with tasks as (
    select source_system as task_system, source_id as task_id, {{ field('ProjectID') }} as project_id
    from {{ raw_records('birdview', 'tasks') }}
)

select
    source_id as time_entry_id,
    -- a timelog names a task, and only the task its project
    tasks.project_id,
    {{ field('UserID') }} as resource_id,
    {{ day_of(field('EntryDate')) }} as work_date,
    try_cast({{ field('Duration') }} as decimal(18, 6)) as hours,
    try_cast({{ field('Billable') }} as boolean) as is_billable,
    -- Birdview itself knows approved or not; a tenant's own field tells more
    case
        when lower({{ custom_field('birdview', 'status') }}) in ('draft', 'submitted', 'approved', 'rejected')
            then lower({{ custom_field('birdview', 'status') }})
        when try_cast({{ field('Approved') }} as boolean) then 'approved'
        else 'submitted'
    end as status,
    {{ custom_field('birdview', 'role') }} as role,
    try_cast({{ field('Rate') }} as decimal(18, 6)) as bill_rate,
    try_cast({{ custom_field('birdview', 'submitted_at') }} as timestamptz) as submitted_at,
    try_cast({{ custom_field('birdview', 'approved_at') }} as timestamptz) as approved_at,
    try_cast({{ custom_field('birdview', 'written_off_at') }} as timestamptz) as written_off_at,
    {{ custom_field('birdview', 'write_off_reason') }} as write_off_reason,
    {{ custom_field('birdview', 'non_billable_reason') }} as non_billable_reason,
    {{ field('Description') }} as notes,
    cast(null as timestamptz) as updated_at,
    source_system,
    source_id,
    load_id,
    first_seen_at,
    deleted_at,
    {{ system_url('birdview') }} || '/timelogs/' || source_id as record_url
from {{ raw_records('birdview', 'timelogs') }} as timelogs
left join tasks on timelogs.source_system = tasks.task_system and {{ field('TaskID') }} = tasks.task_id
