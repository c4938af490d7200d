-- What has been loaded, so that 'not available' is never shown as 0. One row.
with loaded as (
    select distinct table_name from {{ ref('fct_loads') }} where status = 'finished'
)

select
    exists (select 1 from {{ ref('crm_deals') }}) or exists (select 1 from loaded where table_name = 'crm_deals') as has_crm,
    exists (select 1 from {{ ref('psa_projects') }}) or exists (select 1 from loaded where table_name = 'psa_projects') as has_psa,
    exists (select 1 from {{ ref('accounting_invoices') }})
        or exists (select 1 from loaded where table_name = 'accounting_invoices') as has_accounting,
    exists (select 1 from {{ ref('accounting_revenue_postings') }}) as has_revenue_postings,
    exists (select 1 from {{ ref('accounting_payments') }}) as has_payments,
    exists (select 1 from {{ ref('support_tickets') }}) as has_support,
    exists (select 1 from {{ ref('sync_events') }}) as has_middleware
