-- What work counts for against the plan in effect, day by day. One row per work and run of days under one state of its
-- project's plan. planned_amount is its hours at the planned rate of its role (expenses: their amount); due_day is when
-- the first line of that role that is due on or after the work date falls due, null where there is none.
with days as (
    select
        work.work_id, work.work_type, work.project_id, work.role, work.hours, work.cc_amount, work.fx_rate, work.work_date,
        project_days.effective_from as days_from, project_days.ended_on,
        greatest(work.work_date, project_days.effective_from) as effective_from, project_days.effective_to
    from {{ ref('int_work') }} as work
    inner join {{ ref('int_project_days') }} as project_days
        on work.project_id = project_days.project_id and work.work_date < project_days.effective_to
),

rated as (
    select
        days.*,
        case when by_role.role is not null then by_role.role when for_any.role is not null then '' end as planned_role,
        coalesce(by_role.native_amount, for_any.native_amount) as planned_native_amount,
        coalesce(by_role.hours, for_any.hours, 0) as planned_hours
    from days
    left join {{ ref('int_planned_rates') }} as by_role
        on case when days.work_type = 'time_entry' then days.project_id end = by_role.project_id
        and days.days_from = by_role.days_from and days.role = by_role.role
    left join {{ ref('int_planned_rates') }} as for_any
        on case when days.work_type = 'time_entry' and by_role.role is null then days.project_id end = for_any.project_id
        and days.days_from = for_any.days_from and for_any.role = ''
),

due_lines as (
    select distinct
        days.project_id, days.effective_from as days_from,
        case lines.kind when 'expense' then 'expense' else 'time_entry' end as work_type,
        case lines.kind when 'expense' then '' else coalesce(lines.role, '') end as role, lines.due_day
    from {{ ref('int_project_days') }} as days
    inner join {{ ref('int_plan_due_days') }} as lines
        on days.project_id = lines.project_id
        and days.effective_from >= lines.effective_from and days.effective_from < lines.effective_to
    where lines.kind in ('time', 'expense')
)

select
    rated.work_id, rated.work_type,
    rated.work_type = 'expense' or rated.planned_role is not null as is_planned,
    cast(case
        when rated.work_type = 'expense' or rated.planned_hours = 0 then rated.cc_amount
        else {{ cents(
            scaled('rated.hours', 6) ~ ' * ' ~ scaled('rated.planned_native_amount', 4) ~ ' * ' ~ scaled('rated.fx_rate', 10),
            scaled('rated.planned_hours', 6), 14
        ) }}
    end as decimal(18, 2)) as planned_amount,
    case when rated.ended_on is null then due_lines.due_day end as due_day,
    rated.effective_from, rated.effective_to
from rated
asof left join due_lines
    on rated.project_id = due_lines.project_id and rated.days_from = due_lines.days_from
    and rated.work_type = due_lines.work_type
    and (case rated.work_type when 'expense' then '' else rated.planned_role end) = due_lines.role
    and rated.work_date <= due_lines.due_day
