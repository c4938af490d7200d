select
    source_id as milestone_id,
    {{ field('ProjectID') }} as project_id,
    {{ field('Name') }} as name,
    {{ day_of(field('EndDate')) }} as due_date,
    try_cast({{ custom_field('birdview', 'reached_at') }} as timestamptz) as reached_at,
    source_system,
    source_id,
    load_id,
    first_seen_at,
    deleted_at,
    {{ system_url('birdview') }} || '/tasks/' || source_id as record_url
from {{ raw_records('birdview', 'tasks') }}
where try_cast({{ field('IsMilestone') }} as boolean)
