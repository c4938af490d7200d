-- What was sold and is delivered as one. One row per engagement; unlinked ones hold what a client was billed without a
-- known project. Its attributes are those of its earliest project, else of its earliest deal, else of the customer.
with members as (
    select * from {{ ref('int_engagement_members') }}
),

first_projects as (
    select members.engagement_id, projects.*
    from members
    inner join {{ ref('psa_projects') }} as projects
        on members.member_type = 'project' and members.member_key = projects.project_id
    qualify row_number() over (partition by members.engagement_id order by projects.created_at, projects.project_id) = 1
),

first_deals as (
    select members.engagement_id, deals.*
    from members
    inner join {{ ref('crm_deals') }} as deals on members.member_type = 'deal' and members.member_key = deals.deal_id
    qualify row_number() over (
        partition by members.engagement_id
        order by deals.change_order_number is not null, deals.created_at, deals.deal_id
    ) = 1
),

linked as (
    select
        ids.engagement_id,
        coalesce(project_clients.client_id, deal_clients.client_id) as client_id,
        coalesce(first_deals.name, first_projects.name) as engagement_name,
        coalesce(first_projects.legal_entity, first_deals.legal_entity) as legal_entity,
        coalesce(first_projects.practice, first_deals.practice) as practice,
        coalesce(first_projects.contract_type, first_deals.contract_type) as contract_type,
        first_projects.manager_name as project_manager, first_projects.status as project_status,
        first_deals.owner_name as deal_owner, coalesce(first_projects.currency, first_deals.currency) as currency,
        coalesce(first_projects.is_internal, false) as is_internal, false as is_unlinked
    from (select distinct engagement_id from members) as ids
    left join first_projects on ids.engagement_id = first_projects.engagement_id
    left join first_deals on ids.engagement_id = first_deals.engagement_id
    left join {{ ref('int_client_members') }} as project_clients on 'psa:' || first_projects.client_id = project_clients.member
    left join {{ ref('int_client_members') }} as deal_clients on 'crm:' || first_deals.account_id = deal_clients.member
),

unlinked_ids as (
    select engagement_id from {{ ref('int_invoice_lines') }} where starts_with(engagement_id, 'unlinked:')
    union
    select engagement_id from {{ ref('int_postings') }} where starts_with(engagement_id, 'unlinked:')
    union
    select engagement_id from {{ ref('int_payment_parts') }} where starts_with(engagement_id, 'unlinked:')
),

unlinked as (
    select
        unlinked_ids.engagement_id, substr(unlinked_ids.engagement_id, 10) as client_id,
        min(customers.legal_entity) as legal_entity
    from unlinked_ids
    left join {{ ref('int_client_members') }} as members
        on substr(unlinked_ids.engagement_id, 10) = members.client_id and members.role_order = 3
    left join {{ ref('accounting_customers') }} as customers on members.member_key = customers.customer_id
    group by unlinked_ids.engagement_id
),

engagements as (
    select * from linked
    union all
    select
        engagement_id, client_id, 'Billed without a project' as engagement_name, legal_entity, null as practice,
        null as contract_type, null as project_manager, null as project_status, null as deal_owner, null as currency,
        false as is_internal, true as is_unlinked
    from unlinked
)

select
    engagements.engagement_id, engagements.engagement_name, engagements.client_id,
    coalesce(clients.client, engagements.client_id, 'Unknown client') as client,
    coalesce(clients.parent_client, clients.client, engagements.client_id, 'Unknown client') as parent_client,
    engagements.legal_entity, engagements.practice, engagements.contract_type, engagements.project_manager,
    engagements.project_status, engagements.deal_owner, engagements.currency, engagements.is_internal, engagements.is_unlinked,
    refs.reference_date
from engagements
left join {{ ref('dim_clients') }} as clients on engagements.client_id = clients.client_id
left join {{ ref('int_engagement_references') }} as refs on engagements.engagement_id = refs.engagement_id
