-- Records that may be one: the same client, project or invoice twice, within or across systems. One row per pair. Nothing is
-- merged by itself: a person decides, clients in client_aliases.csv.
select
    md5(concat_ws('|', pairs.record_type, pairs.member, pairs.other_member)) as candidate_id, pairs.record_type,
    cast(pairs.score as decimal(5, 1)) as score, pairs.evidence,
    ones.client_id, ones.name as record_name, ones.source_system, ones.source_object, ones.source_id, ones.record_url,
    others.client_id as other_client_id, others.name as other_record_name, others.source_system as other_source_system,
    others.source_object as other_source_object, others.source_id as other_source_id, others.record_url as other_record_url,
    coalesce(ones.engagement_id, others.engagement_id) as engagement_id, ones.native_amount, ones.currency as native_currency,
    ones.source_system <> others.source_system or ones.source_object <> others.source_object as is_across_systems,
    greatest(ones.recorded_on, others.recorded_on) as first_seen_on
from {{ ref('int_duplicate_pairs') }} as pairs
inner join {{ ref('int_duplicate_records') }} as ones on pairs.record_type = ones.record_type and pairs.member = ones.member
inner join {{ ref('int_duplicate_records') }} as others
    on pairs.record_type = others.record_type and pairs.other_member = others.member
