-- One row per project and opportunity: a task made from a line of a sale that was made from the opportunity. A project
-- under another one for the same client shares its deals.
with recursive projects as (
    select project.source_system, project.work_id as project_id, above.project_id as parent_project_id
    from {{ ref('stg_tryton__works') }} as project
    left join {{ ref('stg_tryton__works') }} as above
        on project.source_system = above.source_system and project.parent_id = above.work_id
    left join {{ ref('stg_tryton__works') }} as parent
        on above.source_system = parent.source_system and above.project_id = parent.work_id
    where project.work_id = project.project_id
        and (project.party_id is null or parent.party_id is null or project.party_id = parent.party_id)
),

links as (
    select distinct source_system, project_id, deal_id from {{ ref('stg_tryton__works') }}
    where deal_id is not null and deleted_at is null
),

shared as (
    select source_system, project_id, deal_id, 0 as steps from links
    union all
    select shared.source_system, below.project_id, shared.deal_id, shared.steps + 1
    from shared
    join projects as below
        on shared.source_system = below.source_system and shared.project_id = below.parent_project_id
    where shared.steps < 100
)

select
    source_system, project_id, deal_id,
    row_number() over (partition by source_system, project_id order by cast(deal_id as bigint)) as position
from (select distinct source_system, project_id, deal_id from shared)
