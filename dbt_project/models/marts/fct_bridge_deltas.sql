-- What changes on a day in a bridge of the whole firm: semantic.bridge adds these up, however many engagements there are. One row
-- per bridge, driver, class and day.
with nets as (
    select
        bridge, driver, day, class, amount, item_count, lag(class) over in_time as class_before,
        lag(amount) over in_time as amount_before, lag(item_count) over in_time as item_count_before
    from {{ ref('int_variance_nets') }}
    window in_time as (partition by bridge, driver, engagement_id, has_reason, is_overdue order by day)
),

-- a net leaves the class that it was of, and comes to the one that it is of now
moves as (
    select bridge, driver, class, day, amount, item_count from nets
    union all
    select bridge, driver, class_before, day, -amount_before, -item_count_before from nets where class_before is not null
)

select
    bridge, driver, class, day, cast(sum(amount) as decimal(18, 2)) as amount, cast(sum(item_count) as bigint) as item_count
from moves
group by bridge, driver, class, day
having sum(amount) <> 0 or sum(item_count) <> 0
order by bridge, day, driver
