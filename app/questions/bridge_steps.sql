-- The steps of a bridge as of a day. One row per driver and class, in the order in which the bridge is walked; each runs
-- from where the one before has led to. Steps of nothing are left out, but for what is not known. With $shown, only so
-- many of the largest drivers stand by themselves, and the others together come last: it still adds up.
with nets as (
    select b.driver, b.label, b.class, sum(b.amount) as amount, sum(b.item_count) as item_count
    from semantic.bridge_by_engagement($bridge, cast($as_of as date)) as b
    where $engagement_ids is null or b.engagement_id in (select unnest($engagement_ids))
    group by b.driver, b.label, b.class
    having sum(b.amount) <> 0 or b.class = 'missing_data'
),
drivers as (
    select n.driver, d.position, dense_rank() over (order by abs(sum(n.amount)) desc, d.position) as place
    from nets as n
    inner join seeds.variance_drivers as d on d.bridge = $bridge and d.driver = n.driver
    group by n.driver, d.position
),
named as (
    select
        n.class, n.amount, n.item_count,
        case when d.place <= coalesce($shown, d.place) then n.driver else '' end as driver,
        case when d.place <= coalesce($shown, d.place) then n.label
            else (max(d.place) over () - $shown) || ' smaller steps' end as label,
        case when d.place <= coalesce($shown, d.place) then d.position else 1000 end as position
    from nets as n
    inner join drivers as d on d.driver = n.driver
),
steps as (
    select n.driver, n.label, n.position, n.class, sum(n.amount) as amount, sum(n.item_count) as item_count
    from named as n
    group by n.driver, n.label, n.position, n.class
),
opening as (
    select coalesce(sum(e.start_amount), 0) as amount
    from semantic.bridge_ends($bridge, cast($as_of as date)) as e
    where $engagement_ids is null or e.engagement_id in (select unnest($engagement_ids))
)
select
    s.position, s.driver, s.label, s.class,
    cast(s.amount as decimal(18, 2)) as amount,
    cast(sum(s.amount) over (partition by s.driver) as decimal(18, 2)) as driver_amount,
    cast(s.item_count as bigint) as item_count,
    cast(sum(s.item_count) over (partition by s.driver) as bigint) as driver_item_count,
    cast(o.amount + coalesce(sum(s.amount) over (walk rows between unbounded preceding and 1 preceding), 0)
        as decimal(18, 2)) as from_amount,
    cast(o.amount + sum(s.amount) over (walk rows unbounded preceding) as decimal(18, 2)) as to_amount
from steps as s, opening as o
window walk as (order by s.position, s.class desc)
order by s.position, s.class desc
