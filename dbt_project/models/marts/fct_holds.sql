-- What is on hold, and when: a project that stands still, a client to whom nothing more is invoiced. One row per engagement,
-- record on hold and run of days.
select
    members.engagement_id, 'project' as hold_kind, projects.source_system, 'psa_projects' as source_object,
    projects.source_id, projects.name as record_name, projects.record_url, holds.effective_from,
    nullif(holds.effective_to, {{ forever() }}) as effective_to
from {{ ref('int_holds') }} as holds
inner join {{ ref('psa_projects') }} as projects on holds.project_id = projects.project_id
inner join {{ ref('int_engagement_members') }} as members
    on projects.project_id = members.member_key and members.member_type = 'project'
where projects.deleted_at is null
union all
select
    engagements.engagement_id, 'client' as hold_kind, customers.source_system, 'accounting_customers' as source_object,
    customers.source_id, customers.name as record_name, customers.record_url, credit.effective_from,
    nullif(credit.effective_to, {{ forever() }}) as effective_to
from {{ ref('int_credit_holds') }} as credit
inner join {{ ref('accounting_customers') }} as customers on credit.customer_id = customers.customer_id
inner join {{ ref('dim_engagements') }} as engagements on credit.client_id = engagements.client_id
