-- What changes in a bridge on a day. One row per bridge, engagement, driver, reason given or not, past its expected time or
-- not, revenue type, inferred or not, and day. As of a day = the sum of all days up to it.
with items as (
    select
        bridge, driver, engagement_id, coalesce(reason, '') <> '' as has_reason, revenue_type, is_inferred, amount,
        effective_from, coalesce(effective_to, {{ forever() }}) as effective_to,
        -- an item may be past its expected time from its first day: the run it belongs to began earlier, with another amount
        greatest(
            effective_from, least(coalesce(expected_until + 1, {{ forever() }}), coalesce(effective_to, {{ forever() }}))
        ) as overdue_from
    from {{ ref('fct_variance_items') }}
),

deltas as (
    select bridge, driver, engagement_id, has_reason, revenue_type, is_inferred, false as is_overdue,
        effective_from as day, amount, 1 as items
    from items
    union all
    select bridge, driver, engagement_id, has_reason, revenue_type, is_inferred, false as is_overdue,
        overdue_from as day, -amount as amount, -1 as items
    from items
    union all
    select bridge, driver, engagement_id, has_reason, revenue_type, is_inferred, true as is_overdue,
        overdue_from as day, amount, 1 as items
    from items where overdue_from < effective_to
    union all
    select bridge, driver, engagement_id, has_reason, revenue_type, is_inferred, true as is_overdue,
        effective_to as day, -amount as amount, -1 as items
    from items where overdue_from < effective_to
)

select
    bridge, driver, engagement_id, revenue_type, has_reason, is_overdue, is_inferred, day,
    cast(sum(amount) as decimal(18, 2)) as amount, cast(sum(items) as integer) as item_count
from deltas
where day < {{ forever() }}
group by bridge, driver, engagement_id, revenue_type, has_reason, is_overdue, is_inferred, day
having sum(amount) <> 0 or sum(items) <> 0
order by bridge, day, engagement_id, driver
