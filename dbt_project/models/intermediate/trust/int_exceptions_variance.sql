-- When each net of a bridge needed action, and when no more: the same rule as semantic.bridge_by_engagement, for every day at
-- once. One row per bridge, driver, engagement, reason given or not, past its expected time or not, and run of days.
with drivers as (
    select * from {{ ref('variance_drivers') }}
),

-- only what can need action at all, of bridges both ends of which are known
watched as (
    select
        deltas.bridge, deltas.driver, deltas.engagement_id, deltas.has_reason, deltas.is_overdue, deltas.day,
        sum(deltas.amount) as amount, sum(deltas.item_count) as items
    from {{ ref('fct_variance_deltas') }} as deltas
    inner join drivers on deltas.bridge = drivers.bridge and deltas.driver = drivers.driver
    inner join {{ ref('dim_availability') }} as known on deltas.bridge = known.name and known.is_available
    where deltas.day <= date '{{ var("business_day") }}'
        and case
            when deltas.has_reason and drivers.class_with_reason is not null
                then drivers.class_with_reason in ('needs_action', 'missing_data')
            when drivers.class = 'expected' then deltas.is_overdue
            else drivers.class in ('needs_action', 'missing_data')
        end
    group by deltas.bridge, deltas.driver, deltas.engagement_id, deltas.has_reason, deltas.is_overdue, deltas.day
),

-- where a share of the start metric is tolerated, a day on which that metric moves counts too
starts as (
    select
        keys.bridge, keys.driver, keys.engagement_id, keys.has_reason, keys.is_overdue, revenues.day,
        sum(case keys.bridge when 'sold_to_planned' then revenues.sold_revenue when 'planned_to_billed' then revenues.planned_revenue
            when 'billed_to_recognized' then revenues.posting_ledgers_billed_revenue
            else revenues.paying_ledgers_billed_revenue end) as start_amount
    from (select distinct bridge, driver, engagement_id, has_reason, is_overdue from watched) as keys
    inner join drivers on keys.bridge = drivers.bridge and keys.driver = drivers.driver
    inner join {{ ref('fct_revenue_deltas') }} as revenues on keys.engagement_id = revenues.engagement_id
    where drivers.tolerance_share > 0 and revenues.day <= date '{{ var("business_day") }}'
    group by keys.bridge, keys.driver, keys.engagement_id, keys.has_reason, keys.is_overdue, revenues.day
),

moves as (
    select bridge, driver, engagement_id, has_reason, is_overdue, day, amount, items, 0 as start_amount from watched
    union all
    select bridge, driver, engagement_id, has_reason, is_overdue, day, 0 as amount, 0 as items, start_amount from starts
),

days as (
    select
        bridge, driver, engagement_id, has_reason, is_overdue, day, sum(amount) as amount, sum(items) as items,
        sum(start_amount) as start_amount
    from moves group by bridge, driver, engagement_id, has_reason, is_overdue, day
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
),

judged as (
    select
        nets.*,
        case
            when nets.has_reason and drivers.class_with_reason is not null then drivers.class_with_reason
            when drivers.class = 'needs_action' and (
                abs(nets.amount) <= coalesce(drivers.tolerance_amount, 0)
                or abs(nets.amount) <= coalesce(drivers.tolerance_share, 0) * abs(nets.start_amount)
            ) then 'expected'
            when drivers.class = 'expected' and nets.is_overdue then 'needs_action'
            else drivers.class
        end as class
    from nets inner join drivers on nets.bridge = drivers.bridge and nets.driver = drivers.driver
),

opened as (
    select
        *,
        (class = 'needs_action' and amount <> 0) or (class = 'missing_data' and (amount <> 0 or items <> 0)) as is_open
    from judged
),

turned as (
    select
        *, is_open and not coalesce(lag(is_open) over in_time, false) as is_first,
        sum(case when not is_open then 1 else 0 end) over in_time as closings,
        lead(day) over in_time as next_day
    from opened
    window in_time as (partition by bridge, driver, engagement_id, has_reason, is_overdue order by day)
)

select
    bridge, driver, engagement_id, has_reason, is_overdue, arg_max(class, day) as class,
    cast(arg_max(amount, day) as decimal(18, 2)) as amount, min(day) as open_from,
    case when max(coalesce(next_day, {{ forever() }})) < {{ forever() }} then max(next_day) end as open_to
from turned
where is_open
group by bridge, driver, engagement_id, has_reason, is_overdue, closings
