-- What is on hold, and when: a project that stands still, a client to whom nothing more is invoiced. One row per engagement,
-- record on hold and run of days.
with credit as (
    select
        record_key as customer_id, field_value = 'true' as is_held, {{ business_date('standing_since') }} as effective_from,
        lead({{ business_date('standing_since') }}) over (partition by record_key order by changed_at) as effective_to
    from {{ ref('int_field_values') }}
    where canonical_table = 'accounting_customers' and field = 'is_on_credit_hold'
)

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
    customers.source_id, customers.name as record_name, customers.record_url, credit.effective_from, credit.effective_to
from credit
inner join {{ ref('accounting_customers') }} as customers on credit.customer_id = customers.customer_id
inner join {{ ref('int_client_members') }} as members on 'accounting:' || customers.customer_id = members.member
inner join {{ ref('dim_engagements') }} as engagements on members.client_id = engagements.client_id
where credit.is_held and customers.deleted_at is null
    and (credit.effective_to is null or credit.effective_from < credit.effective_to)
