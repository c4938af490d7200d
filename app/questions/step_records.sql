-- The records behind one step (of one engagement, or of all the filters leave). As of a day ($opening null): what stands
-- on it. Between two days: what came (+) and what left (−). One row per item, the largest first; record_count and
-- records_amount tell of all of them, shown or not.
with standing as (
    select
        i.*,
        i.effective_from <= cast($as_of as date) and coalesce(i.effective_to > cast($as_of as date), true) as stands,
        $opening is not null and i.effective_from <= cast($opening as date)
            and coalesce(i.effective_to > cast($opening as date), true) as stood
    from marts.fct_variance_items as i
    where
        i.bridge = $bridge and i.driver = $driver
        and ($engagement_id is null or i.engagement_id = $engagement_id)
        and ($engagement_ids is null or i.engagement_id in (select unnest($engagement_ids)))
),
records as (
    select s.*, case when s.stands then s.amount else -s.amount end as shown_amount,
        case when s.stands then s.native_amount else -s.native_amount end as shown_native_amount
    from standing as s
    where s.stands <> s.stood
)
select
    r.source_system, r.source_object, r.source_id, cast(r.shown_amount as decimal(18, 2)) as amount,
    cast(r.shown_native_amount as decimal(18, 2)) as native_amount, r.native_currency, r.effective_from, r.effective_to, r.expected_until, r.reason,
    r.is_inferred, r.record_url, e.engagement_name, e.client,
    count(*) over () as record_count, cast(sum(r.shown_amount) over () as decimal(18, 2)) as records_amount,
    count(*) filter (where r.is_inferred) over () as inferred_count
from records as r
inner join marts.dim_engagements as e on e.engagement_id = r.engagement_id
order by abs(r.shown_amount) desc, r.source_system, r.source_object, r.source_id, r.effective_from
limit $limit
