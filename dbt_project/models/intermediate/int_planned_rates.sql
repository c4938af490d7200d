-- The price of a planned hour. One row per project, version and role; the role '' stands for every role that the version
-- does not plan by name.
select
    project_id, version, coalesce(role, '') as role,
    coalesce(sum(native_amount) filter (where planned_hours > 0), 0) as native_amount,
    coalesce(sum(planned_hours) filter (where planned_hours > 0), 0) as hours
from (
    select distinct project_id, version, budget_line_id, role, native_amount, planned_hours
    from {{ ref('int_plan_lines') }} where kind = 'time'
)
group by project_id, version, coalesce(role, '')
