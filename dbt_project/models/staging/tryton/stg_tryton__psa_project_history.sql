-- One row per change of a project's status. Tryton keeps no history of projects: the loads that saw it date the change.
with versions as (
    select
        version.source_system, version.id as project_id, version.valid_from, version.load_id,
        coalesce(version.write_date, version.valid_from) as changed_at,
        {{ tryton_status('status.name', 'status.progress') }} as new_value
    from {{ tryton_versions('project_work') }} as version
    left join {{ tryton('project_work_status') }} as status
        on version.source_system = status.source_system and version.status = status.id
    where version.type = 'project'
),

changes as (
    select *, lag(new_value) over (partition by source_system, project_id order by valid_from) as old_value
    from versions
)

select
    project_id, changed_at, 'status' as field, old_value, new_value, cast(null as varchar) as changed_by, source_system,
    project_id || '|' || cast(valid_from as varchar) as source_id, load_id, valid_from as first_seen_at,
    cast(null as timestamptz) as deleted_at, {{ tryton_url('project.work', 'project_id') }} as record_url
from changes
where old_value <> new_value
