-- Projects for clients, each with its engagement and its company. One row per project that is neither internal nor deleted.
select
    projects.*, members.engagement_id, clients.client_id as company_id,
    {{ business_date('projects.created_at') }} as created_on
from {{ ref('psa_projects') }} as projects
left join {{ ref('int_engagement_members') }} as members
    on members.member_type = 'project' and projects.project_id = members.member_key
left join {{ ref('int_client_members') }} as clients on 'psa:' || projects.client_id = clients.member
where projects.deleted_at is null and not coalesce(projects.is_internal, false)
