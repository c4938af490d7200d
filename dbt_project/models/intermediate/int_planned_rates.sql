-- The price of a planned hour, on each of a project's days. One row per project, run of days and role; the role '' stands for
-- every role that the version in effect does not plan by name.
select
    days.project_id, days.effective_from as days_from, coalesce(lines.role, '') as role,
    coalesce(sum(lines.native_amount) filter (where lines.planned_hours > 0), 0) as native_amount,
    coalesce(sum(lines.planned_hours) filter (where lines.planned_hours > 0), 0) as hours,
    bool_or(lines.native_amount <> 0) as is_priced
from {{ ref('int_project_days') }} as days
inner join {{ ref('int_plan_lines') }} as lines
    on days.project_id = lines.project_id
    and days.effective_from >= lines.effective_from and days.effective_from < lines.effective_to
where lines.kind = 'time'
group by days.project_id, days.effective_from, coalesce(lines.role, '')
