-- One row per project with planned effort: how far it is, by effort, as Tryton's own `total progress`. Only the latest
-- is kept there.
with progress as (
    select
        source_system, project_id, {{ business_date('max(updated_at)') }} as reported_on,
        sum(effort_seconds) as effort_seconds, sum(effort_seconds * coalesce(progress, 0)) as done_seconds,
        max(load_id) as load_id, min(first_seen_at) as first_seen_at
    from {{ ref('stg_tryton__works') }}
    where effort_seconds > 0 and deleted_at is null
    group by source_system, project_id
)

select
    project_id, reported_on, cast(round(done_seconds / effort_seconds, 6) as decimal(9, 6)) as percent_complete,
    {{ tryton_hours('effort_seconds - done_seconds') }} as remaining_hours, source_system, project_id as source_id,
    load_id, first_seen_at, cast(null as timestamptz) as deleted_at,
    {{ tryton_url('project.work', 'project_id') }} as record_url
from progress
