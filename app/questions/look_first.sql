-- Where what needs a person piles up. One row per bridge, driver, client, practice and project manager, the largest
-- first, with its share of all that needs action or lacks data.
with nets as (
    select 'sold_to_planned' as bridge, b.engagement_id, b.driver, b.label, b.class, b.amount
    from semantic.bridge_by_engagement('sold_to_planned', cast($as_of as date)) as b
    union all
    select 'planned_to_billed', b.engagement_id, b.driver, b.label, b.class, b.amount
    from semantic.bridge_by_engagement('planned_to_billed', cast($as_of as date)) as b
    union all
    select 'billed_to_recognized', b.engagement_id, b.driver, b.label, b.class, b.amount
    from semantic.bridge_by_engagement('billed_to_recognized', cast($as_of as date)) as b
    union all
    select 'billed_to_collected', b.engagement_id, b.driver, b.label, b.class, b.amount
    from semantic.bridge_by_engagement('billed_to_collected', cast($as_of as date)) as b
),
spots as (
    select
        n.bridge, n.driver, n.label, e.client, e.practice, e.project_manager,
        sum(n.amount) as amount, abs(sum(n.amount)) as absolute_amount, count(distinct n.engagement_id) as engagement_count,
        max_by(n.engagement_id, abs(n.amount)) as engagement_id
    from nets as n
    inner join marts.dim_engagements as e on e.engagement_id = n.engagement_id
    where
        n.class in ('needs_action', 'missing_data')
        and ($engagement_ids is null or n.engagement_id in (select unnest($engagement_ids)))
    group by n.bridge, n.driver, n.label, e.client, e.practice, e.project_manager
    having sum(n.amount) <> 0
)
select
    s.bridge, s.driver, s.label, s.client, s.practice, s.project_manager, d.owner_role, s.engagement_id,
    cast(s.engagement_count as bigint) as engagement_count, cast(s.amount as decimal(18, 2)) as amount,
    s.absolute_amount / sum(s.absolute_amount) over () as share
from spots as s
inner join seeds.variance_drivers as d on d.bridge = s.bridge and d.driver = s.driver
order by s.absolute_amount desc, s.bridge, s.driver, s.client
limit $limit
