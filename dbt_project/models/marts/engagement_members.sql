-- Which deals and projects an engagement holds. One row per deal or project.
select
    members.engagement_id, members.member_type, members.member_key,
    coalesce(deals.source_system, projects.source_system) as source_system,
    coalesce(deals.source_id, projects.source_id) as source_id,
    coalesce(deals.name, projects.name) as member_name,
    coalesce(deals.record_url, projects.record_url) as record_url,
    coalesce(deals.deleted_at, projects.deleted_at) is not null as is_deleted,
    members.created_at
from {{ ref('int_engagement_members') }} as members
left join {{ ref('crm_deals') }} as deals
    on case members.member_type when 'deal' then members.member_key end = deals.deal_id
left join {{ ref('psa_projects') }} as projects
    on case members.member_type when 'project' then members.member_key end = projects.project_id
