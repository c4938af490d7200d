-- Clients and projects that were created by hand where they are not owned. One row per breach of a rule about recreated records.
with crm_clients as (
    select distinct client_id from {{ ref('int_client_members') }} where role_order = 1
),

loaded as (
    select
        bool_or(is_available) filter (where name = 'crm_accounts') as has_crm,
        bool_or(is_available) filter (where name = 'psa_projects') as has_psa
    from {{ ref('dim_availability') }}
),

-- the firm's own internal projects need no client that sales knows
internal_clients as (
    select client_id from {{ ref('psa_projects') }}
    group by client_id having bool_and(coalesce(is_internal, false))
),

psa_clients as (
    select
        'client_without_crm_account' as rule, cast(null as varchar) as engagement_id, members.client_id, clients.source_system,
        'psa_clients' as source_object, clients.source_id, clients.record_url, 'crm_account_id' as field,
        clients.crm_account_id as value_before, clients.name as value_after,
        {{ business_date('coalesce(clients.created_at, clients.first_seen_at)') }} as happened_on
    from {{ ref('psa_clients') }} as clients
    cross join loaded
    inner join {{ ref('int_client_members') }} as members on 'psa:' || clients.client_id = members.member
    left join crm_clients on members.client_id = crm_clients.client_id
    left join internal_clients on clients.client_id = internal_clients.client_id
    where loaded.has_crm and crm_clients.client_id is null and internal_clients.client_id is null and clients.deleted_at is null
),

customers as (
    select
        'customer_without_crm_account' as rule, cast(null as varchar) as engagement_id, members.client_id,
        customers.source_system, 'accounting_customers' as source_object, customers.source_id, customers.record_url,
        'crm_account_id' as field, customers.crm_account_id as value_before, customers.name as value_after,
        {{ business_date('customers.first_seen_at') }} as happened_on
    from {{ ref('accounting_customers') }} as customers
    cross join loaded
    inner join {{ ref('int_client_members') }} as members on 'accounting:' || customers.customer_id = members.member
    left join crm_clients on members.client_id = crm_clients.client_id
    where loaded.has_crm and crm_clients.client_id is null and customers.deleted_at is null
        and not coalesce(customers.is_intercompany, false)
),

ledger_projects as (
    select
        ledger.*, members.engagement_id, clients.client_id, projects.project_id,
        count(projects.project_id) over (partition by ledger.source_system, projects.project_id) as copies,
        first_value(ledger.source_id) over (
            partition by ledger.source_system, projects.project_id order by ledger.first_seen_at, ledger.source_id
        ) as first_source_id
    from {{ ref('accounting_projects') }} as ledger
    left join {{ ref('psa_projects') }} as projects on ledger.psa_project_id = projects.project_id
    left join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and projects.project_id = members.member_key
    left join {{ ref('int_client_members') }} as clients on 'accounting:' || ledger.customer_id = clients.member
    where ledger.deleted_at is null
),

projects as (
    select
        'ledger_project_without_psa_project' as rule, engagement_id, client_id, source_system,
        'accounting_projects' as source_object, source_id, record_url, 'psa_project_id' as field,
        psa_project_id as value_before, name as value_after, {{ business_date('first_seen_at') }} as happened_on
    from ledger_projects cross join loaded
    where loaded.has_psa and project_id is null
    union all
    select
        'ledger_project_twice' as rule, engagement_id, client_id, source_system, 'accounting_projects' as source_object,
        source_id, record_url, 'psa_project_id' as field, first_source_id as value_before, source_id as value_after,
        {{ business_date('first_seen_at') }} as happened_on
    from ledger_projects where project_id is not null and copies > 1 and source_id <> first_source_id
),

breaches as (
    select * from psa_clients
    union all select * from customers
    union all select * from projects
)

select
    rule, engagement_id, client_id, source_system, source_object, source_id, record_url, field, value_before, value_after,
    cast(null as varchar) as changed_by, cast(null as decimal(18, 4)) as native_amount, cast(null as varchar) as currency,
    happened_on, cast(null as timestamptz) as changed_at, cast(null as date) as resolved_on
from breaches
