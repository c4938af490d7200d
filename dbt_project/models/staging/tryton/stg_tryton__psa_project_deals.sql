-- One row per further opportunity of a project; the first one stands on the project itself.
with further as (
    select link.*, project.load_id, project.first_seen_at, project.deleted_at
    from {{ ref('stg_tryton__project_links') }} as link
    join {{ ref('stg_tryton__works') }} as project
        on link.source_system = project.source_system and link.project_id = project.work_id
    where link.position > 1
)

select
    project_id, deal_id, source_system, project_id || '|' || deal_id as source_id, load_id, first_seen_at, deleted_at,
    {{ tryton_url('project.work', 'project_id') }} as record_url
from further
