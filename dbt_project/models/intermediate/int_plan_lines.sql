-- Planned lines while they are in effect, valued: rc at the version's first day in effect, cc at the engagement's
-- reference rate. A milestone line without a known milestone of its project is one of its own, never reached. One row per line
-- and run of days in effect.
with lines as (
    select
        members.engagement_id, changes.project_id, changes.version, lines.budget_line_id, lines.kind, lines.role,
        case lines.kind
            when 'milestone' then coalesce(milestones.milestone_id, 'line:' || lines.project_id || ':' || lines.budget_line_id)
            when 'recurring' then lines.project_id || '@' || cast(lines.planned_date as varchar)
        end as target_key,
        projects.currency, lines.amount as native_amount, lines.planned_hours, lines.planned_rate, lines.planned_date,
        changes.cause, changes.change_order_number, changes.approved_by, changes.first_day, changes.effective_from,
        least(changes.effective_to, coalesce({{ business_date('lines.deleted_at') }}, {{ forever() }})) as effective_to,
        changes.effective_to as version_effective_to,
        lines.source_system, lines.source_id, lines.record_url
    from {{ ref('int_plan_changes') }} as changes
    inner join {{ ref('psa_budget_lines') }} as lines
        on changes.project_id = lines.project_id and changes.version = lines.version
    left join {{ ref('int_milestone_days') }} as milestones
        on lines.milestone_id = milestones.milestone_id and lines.project_id = milestones.project_id
    inner join {{ ref('psa_projects') }} as projects on changes.project_id = projects.project_id
    inner join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and changes.project_id = members.member_key
),

rated as (
    select lines.*, own.rate as own_rate, coalesce(refs.rate, own.rate) as reference_rate
    from lines
    left join {{ ref('int_fx_rates') }} as own
        on lines.currency = own.currency and lines.first_day >= own.valid_from and lines.first_day < own.valid_to
    left join {{ ref('int_reference_rates') }} as refs
        on lines.engagement_id = refs.engagement_id and lines.currency = refs.currency
    where lines.effective_from < lines.effective_to
)

select
    *,
    case when own_rate is null then 0 else {{ converted('native_amount', 'own_rate') }} end as amount,
    case when own_rate is null then 0 else {{ converted('native_amount', 'reference_rate') }} end as cc_amount,
    own_rate is null as is_missing_fx_rate,
    case when kind = 'expense' then 'pass_through' else 'service' end as revenue_type
from rated
