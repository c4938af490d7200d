-- One row per project and day on which its plan changed, numbered.
with days as (
    select source_system, project_id, effective_on as day from {{ ref('stg_tryton__plan_items') }} where amount <> 0
    union
    select source_system, project_id, effective_until from {{ ref('stg_tryton__plan_items') }}
    where amount <> 0 and effective_until is not null
)

select
    days.source_system, days.project_id, days.day as effective_on, project.load_id, project.first_seen_at,
    project.deleted_at,
    row_number() over (partition by days.source_system, days.project_id order by days.day) as version
from days
join {{ ref('stg_tryton__works') }} as project
    on days.source_system = project.source_system and days.project_id = project.work_id
