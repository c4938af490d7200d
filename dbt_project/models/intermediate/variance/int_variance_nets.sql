-- Where each net of a bridge stands from a day on, and of which class it is: the rule of semantic.bridge_by_engagement, for every
-- day at once. One row per bridge, driver, engagement, reason given or not, past its expected time or not, and day of change.
with drivers as (
    select * from {{ ref('variance_drivers') }}
),

changes as (
    select
        bridge, driver, engagement_id, has_reason, is_overdue, day, sum(amount) as amount, sum(item_count) as items,
        0 as start_amount
    from {{ ref('fct_variance_deltas') }}
    group by bridge, driver, engagement_id, has_reason, is_overdue, day
),

-- where a share of the start metric is tolerated, a day on which that metric moves counts too
starts as (
    select
        keys.bridge, keys.driver, keys.engagement_id, keys.has_reason, keys.is_overdue, revenues.day, 0 as amount, 0 as items,
        sum(case keys.bridge when 'sold_to_planned' then revenues.sold_revenue when 'planned_to_billed' then revenues.planned_revenue
            when 'billed_to_recognized' then revenues.posting_ledgers_billed_revenue
            else revenues.paying_ledgers_billed_revenue end) as start_amount
    from (select distinct bridge, driver, engagement_id, has_reason, is_overdue from changes) as keys
    inner join drivers on keys.bridge = drivers.bridge and keys.driver = drivers.driver
    inner join {{ ref('fct_revenue_deltas') }} as revenues on keys.engagement_id = revenues.engagement_id
    where drivers.tolerance_share > 0
    group by keys.bridge, keys.driver, keys.engagement_id, keys.has_reason, keys.is_overdue, revenues.day
),

days as (
    select
        bridge, driver, engagement_id, has_reason, is_overdue, day, sum(amount) as amount, sum(items) as items,
        sum(start_amount) as start_amount
    from (select * from changes union all select * from starts)
    group by bridge, driver, engagement_id, has_reason, is_overdue, day
),

nets as (
    select
        bridge, driver, engagement_id, has_reason, is_overdue, day, sum(amount) over so_far as amount,
        sum(items) over so_far as items, sum(start_amount) over so_far as start_amount
    from days
    window so_far as (
        partition by bridge, driver, engagement_id, has_reason, is_overdue order by day
        rows between unbounded preceding and current row
    )
)

select
    nets.bridge, nets.driver, nets.engagement_id, nets.has_reason, nets.is_overdue, nets.day,
    cast(nets.amount as decimal(18, 2)) as amount, cast(nets.items as bigint) as item_count,
    case
        when nets.has_reason and drivers.class_with_reason is not null then drivers.class_with_reason
        when drivers.class = 'needs_action' and (
            abs(nets.amount) <= coalesce(drivers.tolerance_amount, 0)
            or abs(nets.amount) <= coalesce(drivers.tolerance_share, 0) * abs(nets.start_amount)
        ) then 'expected'
        when drivers.class = 'expected' and nets.is_overdue then 'needs_action'
        else drivers.class
    end as class
from nets
inner join drivers on nets.bridge = drivers.bridge and nets.driver = drivers.driver
