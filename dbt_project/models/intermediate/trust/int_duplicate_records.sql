-- The records that may be twice, described alike. One row per client record, project and invoice.
select
    'client' as record_type, members.member, members.client_id, members.name,
    case members.role_order when 1 then 'crm_accounts' when 2 then 'psa_clients' else 'accounting_customers' end
        as source_object,
    coalesce(accounts.source_system, psa_clients.source_system, customers.source_system) as source_system,
    coalesce(accounts.source_id, psa_clients.source_id, customers.source_id) as source_id,
    coalesce(accounts.record_url, psa_clients.record_url, customers.record_url) as record_url,
    cast(null as varchar) as engagement_id, cast(null as decimal(18, 4)) as native_amount, cast(null as varchar) as currency,
    {{ business_date('coalesce(accounts.created_at, psa_clients.created_at, customers.first_seen_at, accounts.first_seen_at, psa_clients.first_seen_at)') }}
        as recorded_on
from {{ ref('int_client_members') }} as members
left join {{ ref('crm_accounts') }} as accounts
    on case members.role_order when 1 then members.member_key end = accounts.account_id
left join {{ ref('psa_clients') }} as psa_clients
    on case members.role_order when 2 then members.member_key end = psa_clients.client_id
left join {{ ref('accounting_customers') }} as customers
    on case members.role_order when 3 then members.member_key end = customers.customer_id
union all
select
    'project', projects.project_id, clients.client_id, projects.name, 'psa_projects', projects.source_system,
    projects.source_id, projects.record_url, members.engagement_id, null, projects.currency,
    {{ business_date('projects.created_at') }}
from {{ ref('psa_projects') }} as projects
left join {{ ref('int_client_members') }} as clients on 'psa:' || projects.client_id = clients.member
left join {{ ref('int_engagement_members') }} as members
    on members.member_type = 'project' and projects.project_id = members.member_key
union all
select
    'invoice', invoices.invoice_id, invoices.client_id, coalesce(invoices.number, invoices.source_id), 'accounting_invoices',
    invoices.source_system, invoices.source_id, invoices.record_url, lines.engagement_id, invoices.gross_native_amount,
    invoices.currency, invoices.invoice_date
from {{ ref('int_invoices') }} as invoices
left join (
    select invoice_id, min(engagement_id) as engagement_id from {{ ref('int_invoice_lines') }} group by invoice_id
) as lines on invoices.invoice_id = lines.invoice_id
