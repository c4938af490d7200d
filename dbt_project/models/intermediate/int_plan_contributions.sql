-- What each change of a plan adds and takes away, for good. One row per plan line and change: +1 where the line comes
-- into effect, -1 where it leaves, each under the cause of its own change.
with comings as (
    select lines.*, 1 as direction, lines.effective_from as day, lines.cause as day_cause,
        lines.change_order_number as day_number, lines.approved_by as day_approved_by
    from {{ ref('int_plan_lines') }} as lines
),

goings as (
    select lines.*, -1 as direction, lines.effective_to as day,
        case when lines.effective_to = lines.version_effective_to then coalesce(next_changes.cause, 'replanned') else 'replanned' end as day_cause,
        case when lines.effective_to = lines.version_effective_to then next_changes.change_order_number end as day_number,
        case when lines.effective_to = lines.version_effective_to then next_changes.approved_by end as day_approved_by
    from {{ ref('int_plan_lines') }} as lines
    left join {{ ref('int_plan_changes') }} as next_changes
        on lines.project_id = next_changes.project_id and lines.effective_to = next_changes.effective_from
    where lines.effective_to < {{ forever() }}
),

moves as (
    select * from comings
    union all
    select * from goings
)

select
    engagement_id, project_id, version, budget_line_id, kind, role, currency, day_number as change_order_number,
    day_approved_by as approved_by, day_cause as cause, source_system, source_id, record_url, revenue_type,
    direction, planned_hours, direction * native_amount as native_amount,
    cast(direction * cc_amount as decimal(18, 2)) as cc_amount,
    sum(direction * cc_amount) over (partition by project_id, day, day_cause) as change_cc_amount,
    reference_rate, is_missing_fx_rate, day
from moves
