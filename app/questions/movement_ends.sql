-- The gap of a bridge (end less start) on the opening day and on the last one, and whether the movement's steps add up.
-- One row; nulls where the bridge is not available.
with gaps as (
    select
        (
            select sum(e.end_amount - e.start_amount) from semantic.bridge_ends($bridge, cast($opening as date)) as e
            where $engagement_ids is null or e.engagement_id in (select unnest($engagement_ids))
        ) as start_amount,
        (
            select sum(e.end_amount - e.start_amount) from semantic.bridge_ends($bridge, cast($as_of as date)) as e
            where $engagement_ids is null or e.engagement_id in (select unnest($engagement_ids))
        ) as end_amount,
        (
            select sum(b.amount) from semantic.bridge_by_engagement($bridge, cast($as_of as date)) as b
            where $engagement_ids is null or b.engagement_id in (select unnest($engagement_ids))
        ) as closing_steps,
        (
            select sum(b.amount) from semantic.bridge_by_engagement($bridge, cast($opening as date)) as b
            where $engagement_ids is null or b.engagement_id in (select unnest($engagement_ids))
        ) as opening_steps
),
availability as (
    select a.is_available, a.lacks, a.steps_lack from marts.dim_availability as a where a.name = $bridge
)
select
    a.is_available, a.lacks, a.steps_lack,
    case when a.is_available then cast(coalesce(g.start_amount, 0) as decimal(18, 2)) end as start_amount,
    case when a.is_available then cast(coalesce(g.end_amount, 0) as decimal(18, 2)) end as end_amount,
    case when a.is_available
        then cast(coalesce(g.closing_steps, 0) - coalesce(g.opening_steps, 0) as decimal(18, 2)) end as steps_amount,
    coalesce(g.start_amount, 0) + coalesce(g.closing_steps, 0) - coalesce(g.opening_steps, 0)
        = coalesce(g.end_amount, 0) as ties
from gaps as g, availability as a
