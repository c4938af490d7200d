-- Records that may be one. One row per pair, the most alike first.
select
    d.record_type, d.score, d.evidence, d.record_name, d.source_system, d.source_id, d.record_url, d.other_record_name,
    d.other_source_system, d.other_source_id, d.other_record_url, d.native_amount, d.native_currency, d.first_seen_on
from marts.fct_duplicate_candidates as d
where $engagement_ids is null or d.engagement_id in (select unnest($engagement_ids))
order by d.score desc, d.record_type, d.source_id, d.other_source_id
