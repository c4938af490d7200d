-- When planned lines fall due. One row per line and run of days in effect. A line that falls due during a hold counts as
-- due from the hold's end; a milestone that was reached is due from then, whatever holds say.
select
    lines.*,
    coalesce(holds.effective_to, lines.planned_date) as due_day,
    coalesce(milestones.reached_on, {{ forever() }}) as reached_on
from {{ ref('int_plan_lines') }} as lines
left join {{ ref('int_holds') }} as holds
    on lines.project_id = holds.project_id
    and lines.planned_date >= holds.effective_from and lines.planned_date < holds.effective_to
left join {{ ref('int_milestone_days') }} as milestones
    on case when lines.kind = 'milestone' then lines.target_key end = milestones.milestone_id
