-- Milestones that are known, and when they were reached (empty: not yet). A deleted one is gone, unless it went with its
-- project. One row per milestone.
select milestones.milestone_id, milestones.project_id, {{ business_date('milestones.reached_at') }} as reached_on
from {{ ref('psa_milestones') }} as milestones
left join {{ ref('psa_projects') }} as projects on milestones.project_id = projects.project_id
where milestones.deleted_at is null or milestones.deleted_at >= projects.deleted_at
