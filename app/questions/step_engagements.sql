-- The engagements behind one step of a bridge as of a day ($opening null), or behind its movement since the opening day.
-- One row per engagement and class, the largest first.
with nets as (
    select b.engagement_id, b.class, b.amount, b.item_count
    from semantic.bridge_by_engagement($bridge, cast($as_of as date)) as b
    where b.driver = $driver
    union all
    select b.engagement_id, b.class, -b.amount, -b.item_count
    from semantic.bridge_by_engagement($bridge, cast($opening as date)) as b
    where b.driver = $driver and $opening is not null
),
sums as (
    select n.engagement_id, n.class, sum(n.amount) as amount, sum(n.item_count) as item_count
    from nets as n
    where $engagement_ids is null or n.engagement_id in (select unnest($engagement_ids))
    group by n.engagement_id, n.class
    having sum(n.amount) <> 0 or n.class = 'missing_data'
)
select
    s.engagement_id, e.engagement_name, e.client, e.project_manager, s.class,
    cast(s.amount as decimal(18, 2)) as amount, cast(s.item_count as bigint) as item_count,
    e.practice, e.legal_entity, e.contract_type
from sums as s
inner join marts.dim_engagements as e on e.engagement_id = s.engagement_id
order by abs(s.amount) desc, s.engagement_id, s.class
