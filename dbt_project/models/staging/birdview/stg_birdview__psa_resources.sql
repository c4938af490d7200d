select
    source_id as resource_id,
    nullif(trim(concat_ws(' ', {{ field('FirstName') }}, {{ field('LastName') }})), '') as name,
    {{ custom_field('birdview', 'role') }} as role,
    {{ custom_field('birdview', 'practice') }} as practice,
    {{ custom_field('birdview', 'legal_entity') }} as legal_entity,
    try_cast({{ custom_field('birdview', 'weekly_capacity_hours') }} as decimal(18, 6)) as weekly_capacity_hours,
    {{ day_of(custom_field('birdview', 'hired_on')) }} as start_date,
    {{ day_of(custom_field('birdview', 'left_on')) }} as end_date,
    source_system,
    source_id,
    load_id,
    first_seen_at,
    deleted_at,
    {{ system_url('birdview') }} || '/users/' || source_id as record_url
from {{ raw_records('birdview', 'users') }}
