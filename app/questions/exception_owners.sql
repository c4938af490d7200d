-- How much waits for whom on the day. One row per owner and kind.
select
    x.owner_role, count(*) as exception_count, count(*) filter (where x.severity = 'high') as high_count,
    cast(coalesce(sum(abs(x.amount)), 0) as decimal(18, 2)) as amount,
    cast(max(cast($as_of as date) - x.first_seen) as integer) as oldest_days,
    cast(median(cast($as_of as date) - x.first_seen) as integer) as median_days
from marts.fct_exceptions as x
where
    x.first_seen <= cast($as_of as date) and coalesce(x.resolved_at > cast($as_of as date), true)
    and ($engagement_ids is null or x.engagement_id in (select unnest($engagement_ids)))
group by x.owner_role
order by count(*) desc, x.owner_role
