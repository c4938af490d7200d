-- The deals and projects of an engagement. One row per record.
select m.member_type, m.member_name, m.source_system, m.source_id, m.record_url, m.is_deleted, m.created_at
from marts.engagement_members as m
where m.engagement_id = $engagement_id
order by m.created_at, m.source_system, m.source_id
