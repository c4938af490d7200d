-- Recognised revenue, each posting in its engagement and valued. One row per posting that counts: not intercompany, not of
-- an invoice that another ledger already holds.
with line_projects as (
    -- a line's own project; of a credit line that is spread, the one of its largest share
    select invoice_line_id, arg_max(project_id, {'size': abs(native_amount), 'key': line_key}) as project_id
    from {{ ref('int_invoice_lines') }} where project_id is not null group by invoice_line_id
),

postings as (
    select
        postings.posting_id, postings.source_system, postings.source_id, postings.record_url, postings.source,
        postings.currency, postings.account_code, postings.legal_entity, postings.posted_by, postings.posted_on,
        postings.amount as native_amount,
        coalesce(projects.project_id, own_projects.project_id, line_projects.project_id) as project_id,
        coalesce(clients.client_id, case when postings.customer_id is null then invoices.client_id end,
            {{ unknown_client('postings') }}) as client_id,
        case when own_lines.kind = 'expense' then 'pass_through' else 'service' end as revenue_type,
        coalesce(invoices.invoice_date, postings.posted_on) as unlinked_reference_date
    from {{ ref('accounting_revenue_postings') }} as postings
    left join {{ ref('int_project_references') }} as projects
        on postings.source_system = projects.source_system and postings.project_id = projects.given
    left join {{ ref('accounting_invoice_lines') }} as own_lines
        on postings.invoice_line_id = own_lines.invoice_line_id and own_lines.deleted_at is null
    left join {{ ref('int_project_references') }} as own_projects
        on own_lines.source_system = own_projects.source_system and own_lines.project_id = own_projects.given
    left join line_projects on own_lines.invoice_line_id = line_projects.invoice_line_id
    left join {{ ref('int_invoices') }} as invoices on own_lines.invoice_id = invoices.invoice_id
    left join {{ ref('accounting_customers') }} as customers on postings.customer_id = customers.customer_id
    left join {{ ref('int_client_members') }} as clients on 'accounting:' || postings.customer_id = clients.member
    where postings.deleted_at is null and not coalesce(customers.is_intercompany, false)
        and not coalesce(invoices.is_between_companies, false) and invoices.is_duplicate_of is null
),

rated as (
    select
        postings.*, coalesce(members.engagement_id, 'unlinked:' || postings.client_id) as engagement_id,
        own.rate as own_rate,
        coalesce(case when members.engagement_id is null then unlinked.rate else refs.rate end, own.rate) as reference_rate
    from postings
    left join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and postings.project_id = members.member_key
    left join {{ ref('int_fx_rates') }} as own
        on postings.currency = own.currency and postings.posted_on >= own.valid_from and postings.posted_on < own.valid_to
    left join {{ ref('int_fx_rates') }} as unlinked
        on postings.currency = unlinked.currency
        and postings.unlinked_reference_date >= unlinked.valid_from
        and postings.unlinked_reference_date < unlinked.valid_to
    left join {{ ref('int_reference_rates') }} as refs
        on members.engagement_id = refs.engagement_id and postings.currency = refs.currency
)

select
    posting_id, engagement_id, project_id, source_system, source_id, record_url, source, currency, account_code, legal_entity,
    posted_by, revenue_type, native_amount,
    case when own_rate is null then 0 else {{ converted('native_amount', 'own_rate') }} end as amount,
    case when own_rate is null then 0 else {{ converted('native_amount', 'reference_rate') }} end as cc_amount,
    own_rate is null as is_missing_fx_rate, posted_on
from rated
