-- What waits for a person on the day. One row per exception, the gravest and largest first. Without an owner: everyone's.
select
    x.kind, x.title, x.severity, x.client, x.engagement_name, x.engagement_id, x.owner_role, x.where_to_fix, x.source_system,
    x.source_object, x.source_id, x.record_url, x.amount, x.first_seen, x.subject,
    cast(cast($as_of as date) - x.first_seen as integer) as age_days
from marts.fct_exceptions as x
where
    x.first_seen <= cast($as_of as date) and coalesce(x.resolved_at > cast($as_of as date), true)
    and ($owner_role is null or x.owner_role = $owner_role)
    and ($engagement_ids is null or x.engagement_id in (select unnest($engagement_ids)))
order by
    case x.severity when 'high' then 1 when 'medium' then 2 else 3 end, abs(coalesce(x.amount, 0)) desc, x.first_seen, x.exception_id
limit $limit
