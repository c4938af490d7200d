-- Recognised revenue, each posting in its engagement and valued. One row per posting that counts: not intercompany, not of
-- an invoice that another ledger already holds.
with postings as (
    select
        postings.posting_id, postings.source_system, postings.source_id, postings.record_url, postings.source,
        postings.currency, postings.account_code, postings.legal_entity, postings.posted_by, postings.posted_on,
        postings.amount as native_amount, coalesce(projects.project_id, lines.project_id) as project_id,
        coalesce(members.engagement_id, lines.engagement_id) as known_engagement_id,
        coalesce(clients.client_id, invoices.client_id, 'accounting:' || coalesce(postings.customer_id, 'unknown'))
            as client_id,
        coalesce(lines.revenue_type, 'service') as revenue_type
    from {{ ref('accounting_revenue_postings') }} as postings
    left join {{ ref('int_project_references') }} as projects
        on postings.source_system = projects.source_system and postings.project_id = projects.given
    left join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and projects.project_id = members.member_key
    left join {{ ref('accounting_invoice_lines') }} as own_lines on postings.invoice_line_id = own_lines.invoice_line_id
    left join {{ ref('int_invoices') }} as invoices on own_lines.invoice_id = invoices.invoice_id
    left join {{ ref('int_invoice_lines') }} as lines on postings.invoice_line_id = lines.line_key
    left join {{ ref('accounting_customers') }} as customers on postings.customer_id = customers.customer_id
    left join {{ ref('int_client_members') }} as clients on 'accounting:' || postings.customer_id = clients.member
    where postings.deleted_at is null and not coalesce(customers.is_intercompany, false)
        and not coalesce(invoices.is_between_companies, false) and invoices.is_duplicate_of is null
),

rated as (
    select
        postings.*, coalesce(known_engagement_id, 'unlinked:' || client_id) as engagement_id, own.rate as own_rate,
        coalesce(refs.rate, own.rate) as reference_rate
    from postings
    left join {{ ref('int_fx_rates') }} as own
        on postings.currency = own.currency and postings.posted_on >= own.valid_from and postings.posted_on < own.valid_to
    left join {{ ref('int_reference_rates') }} as refs
        on postings.known_engagement_id = refs.engagement_id and postings.currency = refs.currency
)

select
    posting_id, engagement_id, project_id, source_system, source_id, record_url, source, currency, account_code, legal_entity,
    posted_by, revenue_type, native_amount,
    case when own_rate is null then 0 else {{ converted('native_amount', 'own_rate') }} end as amount,
    case when own_rate is null then 0 else {{ converted('native_amount', 'reference_rate') }} end as cc_amount,
    own_rate is null as is_missing_fx_rate, posted_on
from rated
