-- What a bridge leads from and to as of a day, and whether its steps add up. One row; nulls where it is not available.
with ends as (
    select sum(e.start_amount) as start_amount, sum(e.end_amount) as end_amount
    from semantic.bridge_ends($bridge, cast($as_of as date)) as e
    where $engagement_ids is null or e.engagement_id in (select unnest($engagement_ids))
),
steps as (
    select coalesce(sum(b.amount), 0) as amount
    from semantic.bridge_by_engagement($bridge, cast($as_of as date)) as b
    where $engagement_ids is null or b.engagement_id in (select unnest($engagement_ids))
),
availability as (
    select a.is_available, a.lacks, a.steps_lack from marts.dim_availability as a where a.name = $bridge
)
select
    a.is_available, a.lacks, a.steps_lack,
    case when a.is_available then cast(coalesce(e.start_amount, 0) as decimal(18, 2)) end as start_amount,
    case when a.is_available then cast(coalesce(e.end_amount, 0) as decimal(18, 2)) end as end_amount,
    case when a.is_available then cast(s.amount as decimal(18, 2)) end as steps_amount,
    coalesce(e.start_amount, 0) + s.amount = coalesce(e.end_amount, 0) as ties
from ends as e, steps as s, availability as a
