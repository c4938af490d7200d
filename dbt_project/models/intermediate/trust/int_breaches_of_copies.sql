-- Copies that differ from their owner for longer than they may lag behind. One row per copy and field.
select
    'copy_differs_from_owner' as rule, projects.engagement_id, clients.client_id, copies.source_system,
    copies.to_table as source_object, copies.source_id, copies.record_url, copies.to_column as field,
    copies.owner_value as value_before, copies.copy_value as value_after, cast(null as varchar) as changed_by,
    cast(null as decimal(18, 4)) as native_amount, cast(null as varchar) as currency,
    {{ business_date('copies.side_by_side_since') }} as happened_on, copies.side_by_side_since as changed_at,
    cast(null as date) as resolved_on
from {{ ref('int_copied_fields') }} as copies
left join {{ ref('int_engagement_members') }} as projects on projects.member_type = 'project' and copies.project_id = projects.member_key
left join {{ ref('int_client_members') }} as clients on copies.member = clients.member
where lower(trim(copies.owner_value)) <> lower(trim(copies.copy_value))
    and {{ business_date('copies.side_by_side_since') }} + copies.sla_days < date '{{ var("business_day") }}'
