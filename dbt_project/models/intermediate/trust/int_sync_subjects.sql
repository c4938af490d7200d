-- What a record that an integration moves belongs to. One row per record that a workflow may name.
select 'deal' as subject, deals.deal_id as record_key, members.engagement_id, clients.client_id, deals.record_url
from {{ ref('crm_deals') }} as deals
left join {{ ref('int_engagement_members') }} as members on members.member_type = 'deal' and deals.deal_id = members.member_key
left join {{ ref('int_client_members') }} as clients on 'crm:' || deals.account_id = clients.member
union all
select 'project', projects.project_id, members.engagement_id, clients.client_id, projects.record_url
from {{ ref('psa_projects') }} as projects
left join {{ ref('int_engagement_members') }} as members
    on members.member_type = 'project' and projects.project_id = members.member_key
left join {{ ref('int_client_members') }} as clients on 'psa:' || projects.client_id = clients.member
union all
select 'invoice', invoices.invoice_id, lines.engagement_id, invoices.client_id, invoices.record_url
from {{ ref('int_invoices') }} as invoices
left join (
    select invoice_id, min(engagement_id) as engagement_id from {{ ref('int_invoice_lines') }} group by invoice_id
) as lines on invoices.invoice_id = lines.invoice_id
union all
select 'payment', payments.payment_id, lines.engagement_id, payments.client_id, payments.record_url
from {{ ref('int_payments') }} as payments
left join (
    select invoice_id, min(engagement_id) as engagement_id from {{ ref('int_invoice_lines') }} group by invoice_id
) as lines on payments.invoice_id = lines.invoice_id
union all
select 'customer', customers.customer_id, null, clients.client_id, customers.record_url
from {{ ref('accounting_customers') }} as customers
left join {{ ref('int_client_members') }} as clients on 'accounting:' || customers.customer_id = clients.member
union all
select 'account', accounts.account_id, null, clients.client_id, accounts.record_url
from {{ ref('crm_accounts') }} as accounts
left join {{ ref('int_client_members') }} as clients on 'crm:' || accounts.account_id = clients.member
union all
select 'client', psa_clients.client_id, null, clients.client_id, psa_clients.record_url
from {{ ref('psa_clients') }} as psa_clients
left join {{ ref('int_client_members') }} as clients on 'psa:' || psa_clients.client_id = clients.member
