-- Breaches of ownership that stand on the day. One row per breach, the newest first.
select
    b.label, b.severity, b.why_it_matters, c.client, e.engagement_name, b.engagement_id, b.source_system, b.source_object, b.source_id,
    b.record_url, b.field, b.value_before, b.value_after, b.changed_by, b.owner_role, b.where_to_fix, b.amount,
    b.happened_on, b.resolved_on
from marts.fct_ownership_breaches as b
left join marts.dim_engagements as e on e.engagement_id = b.engagement_id
left join marts.dim_clients as c on c.client_id = b.client_id
where
    coalesce(b.happened_on <= cast($as_of as date), true) and coalesce(b.resolved_on > cast($as_of as date), true)
    and ($engagement_ids is null or b.engagement_id in (select unnest($engagement_ids)))
order by b.happened_on desc nulls last, b.label, b.source_id
