-- When each net of a bridge needed action, and when no more. One row per bridge, driver, engagement, reason given or not, past its
-- expected time or not, and run of days. Of bridges both ends of which are known, and of steps that something loaded can tell.
with unknown_drivers as (
    select drivers.bridge, drivers.driver
    from {{ ref('variance_drivers') }} as drivers
    inner join {{ ref('dim_availability') }} as tables on drivers.needs_table = tables.name and not tables.is_available
),

opened as (
    select
        nets.*,
        (nets.class = 'needs_action' and nets.amount <> 0)
            or (nets.class = 'missing_data' and (nets.amount <> 0 or nets.item_count <> 0)) as is_open
    from {{ ref('int_variance_nets') }} as nets
    inner join {{ ref('dim_availability') }} as known on nets.bridge = known.name and known.is_available
    where nets.day <= date '{{ var("business_day") }}'
        and not exists (
            select 1 from unknown_drivers where unknown_drivers.bridge = nets.bridge and unknown_drivers.driver = nets.driver
        )
),

turned as (
    select
        *, sum(case when not is_open then 1 else 0 end) over in_time as closings, lead(day) over in_time as next_day
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
