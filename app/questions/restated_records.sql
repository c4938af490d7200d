-- The records that moved a closed month since it was told. One row per record and revenue, the largest first.
select
    r.measure, r.source_system, r.source_object, r.source_id, r.record_url, r.what_happened, e.engagement_name, e.client,
    r.engagement_id, r.as_reported_amount, r.now_amount, r.difference_amount, r.dated_on, r.first_seen_at, r.last_changed_at,
    r.deleted_at
from marts.fct_restatement_records as r
left join marts.dim_engagements as e on e.engagement_id = r.engagement_id
where r.is_latest and r.month = cast($month as date)
    and ($engagement_ids is null or r.engagement_id in (select unnest($engagement_ids)))
order by abs(r.difference_amount) desc, r.measure, r.source_system, r.source_id
