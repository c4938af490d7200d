select
    project_id, version, effective_on, cast(null as timestamptz) as created_at,
    cast(null as varchar) as change_order_number, cast(null as varchar) as reason, cast(null as varchar) as approved_by,
    source_system, project_id || '|' || cast(version as varchar) as source_id, load_id, first_seen_at, deleted_at,
    {{ tryton_url('project.work', 'project_id') }} as record_url
from {{ ref('stg_tryton__plan_versions') }}
