-- What clients owe, as dated changes: + from the day an open amount stands in a state, - when it leaves it. One row per
-- engagement, revenue type, ledger, state and day, and per what was billed gross in the 90 days before. At the engagement's
-- reference rate, as in the bridge billed_to_collected; only ledgers that record payments take part.
with ledgers as (
    select source_system from {{ ref('int_bridge_ledgers') }} where bridge = 'billed_to_collected'
),

items as (
    select engagement_id, revenue_type, source_system, driver as receivable_state, -amount as amount, effective_from, effective_to
    from {{ ref('int_items_billed_to_collected') }}
    where driver in ('not_due', 'overdue', 'disputed') and effective_from < effective_to
),

lines as (
    select
        lines.engagement_id, lines.revenue_type, lines.source_system,
        lines.cc_amount + lines.tax_cc_amount as gross_amount, lines.standing_from,
        least(lines.standing_to, cast(lines.standing_from + 90 as date)) as recent_to
    from {{ ref('int_invoice_lines') }} as lines
    inner join ledgers on lines.source_system = ledgers.source_system
),

moves as (
    select engagement_id, revenue_type, source_system, receivable_state, amount, 0 as recent_amount,
        effective_from as metric_date from items
    union all
    select engagement_id, revenue_type, source_system, receivable_state, -amount, 0, effective_to from items
    union all
    select engagement_id, revenue_type, source_system, 'billed', 0, gross_amount, standing_from from lines
    union all
    select engagement_id, revenue_type, source_system, 'billed', 0, -gross_amount, recent_to from lines
)

select
    engagement_id, revenue_type, source_system, receivable_state,
    cast(sum(amount) as decimal(18, 2)) as receivable_amount,
    cast(sum(recent_amount) as decimal(18, 2)) as billed_gross_of_90_days_amount,
    metric_date
from moves
where metric_date < {{ forever() }}
group by engagement_id, revenue_type, source_system, receivable_state, metric_date
having sum(amount) <> 0 or sum(recent_amount) <> 0
