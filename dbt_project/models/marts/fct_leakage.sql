-- Revenue given away without a reason, as dated changes: write-offs, downward adjustments, part credits (of a full one and its
-- invoice only what does not cancel) and non-billable time; and unsold change orders worked, the lesser of what was not sold
-- and the work beyond plan. One row per engagement, cause and day.
with given_away as (
    select
        engagement_id, driver as leakage_cause, -amount as amount, effective_from, coalesce(effective_to, {{ forever() }}) as effective_to
    from {{ ref('fct_variance_items') }}
    where bridge = 'planned_to_billed' and amount < 0 and coalesce(reason, '') = ''
        and driver in ('written_off', 'billing_adjustment', 'non_billable_time')
),

credits as (
    select engagement_id, amount, effective_from as day from {{ ref('fct_variance_items') }}
    where bridge = 'planned_to_billed' and driver = 'credit_note' and coalesce(reason, '') = ''
    union all
    select engagement_id, -amount, effective_to from {{ ref('fct_variance_items') }}
    where bridge = 'planned_to_billed' and driver = 'credit_note' and coalesce(reason, '') = '' and effective_to is not null
),

beyond as (
    select engagement_id, day,
        sum(case when bridge = 'sold_to_planned' and driver = 'change_order_not_sold' then amount else 0 end) as not_sold,
        sum(case when bridge = 'planned_to_billed' and driver = 'work_not_planned' then amount else 0 end) as not_planned,
        sum(case when bridge = 'planned_to_billed' and driver = 'hours' then amount else 0 end) as hours
    from {{ ref('fct_variance_deltas') }}
    where (bridge = 'sold_to_planned' and driver = 'change_order_not_sold')
        or (bridge = 'planned_to_billed' and driver in ('work_not_planned', 'hours'))
    group by engagement_id, day
),

standing as (
    select engagement_id, day,
        sum(not_sold) over (partition by engagement_id order by day) as not_sold,
        sum(not_planned) over (partition by engagement_id order by day)
            + greatest(sum(hours) over (partition by engagement_id order by day), 0) as worked
    from beyond
),

nets as (
    select engagement_id, 'change_order_not_sold' as leakage_cause, day, greatest(least(not_sold, worked), 0) as amount
    from standing
    union all
    select
        engagement_id, 'credit_note' as leakage_cause, day,
        greatest(-sum(sum(amount)) over (partition by engagement_id order by day), 0) as amount
    from credits
    group by engagement_id, day
),

moves as (
    select engagement_id, leakage_cause, amount, effective_from as metric_date from given_away
    union all
    select engagement_id, leakage_cause, -amount, effective_to from given_away where effective_to < {{ forever() }}
    union all
    select
        engagement_id, leakage_cause,
        amount - coalesce(lag(amount) over (partition by engagement_id, leakage_cause order by day), 0), day
    from nets
)

select
    engagement_id, 'service' as revenue_type, leakage_cause, cast(sum(amount) as decimal(18, 2)) as leakage_amount, metric_date
from moves
group by engagement_id, leakage_cause, metric_date
having sum(amount) <> 0
