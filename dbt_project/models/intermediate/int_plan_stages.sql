-- Where each planned line stands on each day. One row per line and run of days in one stage: not_due, paused, ended (its
-- project was closed before it fell due), due, reached.
with days as (
    select
        lines.engagement_id, lines.project_id, lines.version, lines.budget_line_id, lines.kind, lines.target_key,
        lines.source_system, lines.source_id, lines.record_url, lines.revenue_type, lines.currency, lines.native_amount, lines.cc_amount,
        lines.is_missing_fx_rate, lines.planned_date, lines.due_day, lines.reached_on, project_days.ended_on,
        greatest(lines.effective_from, project_days.effective_from) as days_from,
        least(lines.effective_to, project_days.effective_to) as days_to
    from {{ ref('int_plan_due_days') }} as lines
    inner join {{ ref('int_project_days') }} as project_days
        on lines.project_id = project_days.project_id
        and lines.effective_from < project_days.effective_to and lines.effective_to > project_days.effective_from
),

stages as (
    select
        days.*, stages.stage,
        greatest(days.days_from, stages.stage_from) as effective_from,
        least(days.days_to, stages.stage_to) as effective_to
    from days
    cross join lateral (
        select 'not_due' as stage, date '0001-01-01' as stage_from, least(days.planned_date, days.reached_on) as stage_to
        union all
        select 'paused' as stage, days.planned_date as stage_from, least(days.due_day, days.reached_on) as stage_to
        union all
        select 'due' as stage, days.due_day as stage_from, days.reached_on as stage_to
        union all
        select 'reached' as stage, days.reached_on as stage_from, {{ forever() }} as stage_to
    ) as stages
)

select
    engagement_id, project_id, version, budget_line_id, kind, target_key, source_system, source_id, record_url, revenue_type,
    currency, native_amount, cc_amount, is_missing_fx_rate,
    case
        when stage = 'reached' then 'reached'
        when ended_on is null then stage
        when kind in ('time', 'expense') then 'due'
        when due_day > ended_on then 'ended'
        else stage
    end as stage,
    planned_date, effective_from, effective_to
from stages
where effective_from < effective_to
