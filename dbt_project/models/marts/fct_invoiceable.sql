-- What could be invoiced on a day: approved work, milestones reached and recurring fees due, of clients that are not on credit
-- hold then; as dated changes. One row per engagement, revenue type, kind and day.
with customer_holds as (
    select client_id, effective_from, effective_to from {{ ref('int_credit_holds') }}
),

-- a client is on hold while any of its ledgers says so
client_holds as (
    {{ merged_ranges('customer_holds', ['client_id']) }}
),

due as (
    select
        deltas.engagement_id, engagements.client_id, deltas.revenue_type, deltas.driver as invoiceable_kind, deltas.day,
        -sum(deltas.amount) as amount
    from {{ ref('fct_variance_deltas') }} as deltas
    left join {{ ref('dim_engagements') }} as engagements on deltas.engagement_id = engagements.engagement_id
    where deltas.bridge = 'planned_to_billed'
        and deltas.driver in ('approved_not_billed', 'milestone_not_billed', 'recurring_not_billed')
    group by deltas.engagement_id, engagements.client_id, deltas.revenue_type, deltas.driver, deltas.day
),

-- a hold takes away what had come before it, and what comes while it lasts; its end gives it back
held as (
    select due.*, holds.effective_from, holds.effective_to
    from due inner join client_holds as holds on due.client_id = holds.client_id and due.day < holds.effective_to
),

moves as (
    select engagement_id, revenue_type, invoiceable_kind, amount, day as metric_date from due
    union all
    select engagement_id, revenue_type, invoiceable_kind, -amount, greatest(day, effective_from) from held
    union all
    select engagement_id, revenue_type, invoiceable_kind, amount, effective_to from held where effective_to < {{ forever() }}
)

select
    engagement_id, revenue_type, invoiceable_kind, cast(sum(amount) as decimal(18, 2)) as invoiceable_amount, metric_date
from moves
group by engagement_id, revenue_type, invoiceable_kind, metric_date
having sum(amount) <> 0
