-- How a bridge's steps moved from the opening day to the last one. One row per driver and class, as in bridge_steps.
with moves as (
    select b.engagement_id, b.driver, b.label, b.class, b.amount, b.item_count
    from semantic.bridge_by_engagement($bridge, cast($as_of as date)) as b
    union all
    select b.engagement_id, b.driver, b.label, b.class, -b.amount, -b.item_count
    from semantic.bridge_by_engagement($bridge, cast($opening as date)) as b
),
steps as (
    select m.driver, m.label, m.class, sum(m.amount) as amount, sum(m.item_count) as item_count
    from moves as m
    where $engagement_ids is null or m.engagement_id in (select unnest($engagement_ids))
    group by m.driver, m.label, m.class
    having sum(m.amount) <> 0
),
gap as (
    select coalesce(sum(e.end_amount - e.start_amount), 0) as amount
    from semantic.bridge_ends($bridge, cast($opening as date)) as e
    where $engagement_ids is null or e.engagement_id in (select unnest($engagement_ids))
)
select
    d.position, s.driver, s.label, s.class,
    cast(s.amount as decimal(18, 2)) as amount,
    cast(sum(s.amount) over (partition by s.driver) as decimal(18, 2)) as driver_amount,
    cast(s.item_count as bigint) as item_count,
    cast(sum(s.item_count) over (partition by s.driver) as bigint) as driver_item_count,
    cast(g.amount + coalesce(sum(s.amount) over (walk rows between unbounded preceding and 1 preceding), 0) as decimal(18, 2)) as from_amount,
    cast(g.amount + sum(s.amount) over (walk rows unbounded preceding) as decimal(18, 2)) as to_amount
from steps as s
inner join seeds.variance_drivers as d on d.bridge = $bridge and d.driver = s.driver
cross join gap as g
window walk as (order by d.position, s.class desc)
order by d.position, s.class desc
