-- A project that names a deal which was ever won is in that deal's engagement.
select projects.project_id, projects.crm_deal_id, ones.engagement_id, others.engagement_id as engagement_of_deal
from {{ ref('psa_projects') }} as projects
inner join {{ ref('engagement_members') }} as others on others.member_type = 'deal' and projects.crm_deal_id = others.member_key
left join {{ ref('engagement_members') }} as ones on ones.member_type = 'project' and projects.project_id = ones.member_key
where ones.engagement_id is distinct from others.engagement_id
