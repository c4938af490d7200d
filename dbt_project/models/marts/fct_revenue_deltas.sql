-- The five revenues side by side, never added: what changes in each on a day. One row per engagement, revenue type and day.
-- What ledgers that post revenue (or take payments) billed stands apart: only that can be compared with what they recognised
-- (or collected).
with posting_ledgers as (
    select source_system from {{ ref('int_bridge_ledgers') }} where bridge = 'billed_to_recognized'
),

paying_ledgers as (
    select source_system from {{ ref('int_bridge_ledgers') }} where bridge = 'billed_to_collected'
),

moves as (
    select engagement_id, revenue_type, metric_date as day, sold_amount, 0 as planned_amount, 0 as billed_amount,
        0 as posting_ledgers_billed_amount, 0 as paying_ledgers_billed_amount, 0 as recognized_amount,
        0 as collected_amount from {{ ref('fct_sold') }}
    union all
    select engagement_id, revenue_type, metric_date as day, 0, planned_amount, 0, 0, 0, 0, 0 from {{ ref('fct_planned') }}
    union all
    select
        billed.engagement_id, billed.revenue_type, billed.metric_date as day, 0, 0, billed.billed_amount,
        case when posting_ledgers.source_system is not null then billed.billed_amount else 0 end,
        case when paying_ledgers.source_system is not null then billed.billed_amount else 0 end, 0, 0
    from {{ ref('fct_billed') }} as billed
    left join posting_ledgers on billed.source_system = posting_ledgers.source_system
    left join paying_ledgers on billed.source_system = paying_ledgers.source_system
    union all
    select engagement_id, revenue_type, metric_date as day, 0, 0, 0, 0, 0, recognized_amount, 0
    from {{ ref('fct_recognized') }}
    union all
    select engagement_id, revenue_type, metric_date as day, 0, 0, 0, 0, 0, 0, collected_amount
    from {{ ref('fct_collected') }}
)

select
    engagement_id, revenue_type, day,
    cast(sum(sold_amount) as decimal(18, 2)) as sold_revenue,
    cast(sum(planned_amount) as decimal(18, 2)) as planned_revenue,
    cast(sum(billed_amount) as decimal(18, 2)) as billed_revenue,
    cast(sum(posting_ledgers_billed_amount) as decimal(18, 2)) as posting_ledgers_billed_revenue,
    cast(sum(paying_ledgers_billed_amount) as decimal(18, 2)) as paying_ledgers_billed_revenue,
    cast(sum(recognized_amount) as decimal(18, 2)) as recognized_revenue,
    cast(sum(collected_amount) as decimal(18, 2)) as collected_cash
from moves
group by engagement_id, revenue_type, day
order by day, engagement_id
