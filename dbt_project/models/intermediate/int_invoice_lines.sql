-- Lines of the documents that count, each in its engagement and valued: rc as the ledger booked it (else at the invoice
-- day's rate), cc at the engagement's reference rate. One row per line; a credit note's line without a known project is
-- spread over the lines of the invoice it credits, so that it may have several rows.
with lines as (
    select
        lines.invoice_line_id, lines.source_system, lines.source_id, lines.invoice_id, invoices.client_id, invoices.type,
        lines.kind, invoices.currency, invoices.credited_invoice_id, invoices.reason, invoices.legal_entity,
        projects.project_id, members.engagement_id, lines.net_amount as native_amount,
        coalesce(lines.tax_amount, 0) as tax_native_amount,
        lines.booked_amount, lines.booked_currency, lines.account_code, lines.department, lines.cost_center,
        coalesce(lines.record_url, invoices.record_url) as record_url,
        invoices.invoice_date, invoices.standing_from, invoices.standing_to
    from {{ ref('accounting_invoice_lines') }} as lines
    inner join {{ ref('int_invoices') }} as invoices on lines.invoice_id = invoices.invoice_id
    left join {{ ref('int_project_references') }} as projects
        on lines.source_system = projects.source_system and lines.project_id = projects.given
    left join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and projects.project_id = members.member_key
    where lines.deleted_at is null and invoices.is_counted
),

-- a credit note's line without a known project goes to the lines of its invoice, in proportion to their net
to_spread as (
    select
        credits.invoice_line_id, credited.invoice_line_id as credited_line_id, credited.engagement_id, credited.project_id,
        credited.client_id, credited.native_amount as weight, credits.native_amount, credits.tax_native_amount,
        coalesce(credits.booked_amount, 0) as booked_amount
    from lines as credits
    inner join lines as credited on credits.credited_invoice_id = credited.invoice_id
    where credits.type = 'credit_note' and credits.project_id is null and credited.type = 'invoice'
),

shares as (
    {{ spread(
        'to_spread', {'native_amount': 4, 'tax_native_amount': 4, 'booked_amount': 4}, 'weight', ['credited_line_id'],
        ['invoice_line_id']
    ) }}
),

whole as (
    select
        lines.* exclude (engagement_id, project_id, client_id, native_amount, tax_native_amount, booked_amount),
        shares.credited_line_id,
        case when shares.invoice_line_id is null then lines.engagement_id else shares.engagement_id end as engagement_id,
        case when shares.invoice_line_id is null then lines.project_id else shares.project_id end as project_id,
        coalesce(shares.client_id, lines.client_id) as client_id,
        cast(coalesce(shares.native_amount, lines.native_amount) as decimal(18, 4)) as native_amount,
        cast(coalesce(shares.tax_native_amount, lines.tax_native_amount) as decimal(18, 4)) as tax_native_amount,
        cast(case when lines.booked_amount is not null then coalesce(shares.booked_amount, lines.booked_amount) end
            as decimal(18, 4)) as booked_amount
    from lines
    left join shares on lines.invoice_line_id = shares.invoice_line_id
),

valued as (
    select
        whole.* exclude (engagement_id),
        coalesce(whole.engagement_id, 'unlinked:' || whole.client_id) as engagement_id,
        own.rate as own_rate,
        case when whole.engagement_id is null then own.rate else refs.rate end as reference_rate,
        case when whole.booked_amount is not null and whole.booked_currency is not null
            then {{ converted('whole.booked_amount', 'booked.rate') }}
            else {{ converted('whole.native_amount', 'own.rate') }} end as rc
    from whole
    left join {{ ref('int_fx_rates') }} as own
        on whole.currency = own.currency and whole.invoice_date >= own.valid_from and whole.invoice_date < own.valid_to
    left join {{ ref('int_fx_rates') }} as booked
        on whole.booked_currency = booked.currency
        and whole.invoice_date >= booked.valid_from and whole.invoice_date < booked.valid_to
    left join {{ ref('int_reference_rates') }} as refs
        on whole.engagement_id = refs.engagement_id and whole.currency = refs.currency
)

select
    invoice_line_id || coalesce('/' || credited_line_id, '') as line_key, invoice_line_id, source_system, source_id,
    invoice_id, engagement_id, project_id, client_id, type, kind, currency,
    legal_entity, account_code, department, cost_center, reason, record_url,
    case when kind = 'expense' then 'pass_through' else 'service' end as revenue_type,
    native_amount, tax_native_amount,
    cast(coalesce(rc, 0) as decimal(18, 2)) as amount,
    cast(case when rc is null then 0 when reference_rate is null then rc
        else {{ converted('native_amount', 'reference_rate') }} end as decimal(18, 2)) as cc_amount,
    cast(case when rc is null then 0 else coalesce({{ converted('tax_native_amount', 'own_rate') }}, 0) end as decimal(18, 2))
        as tax_amount,
    cast(case when rc is null then 0
        else {{ converted('tax_native_amount', 'coalesce(reference_rate, own_rate, 0)') }} end as decimal(18, 2)) as tax_cc_amount,
    project_id is null as has_no_known_project,
    rc is null as is_missing_fx_rate,
    invoice_date, standing_from, standing_to
from valued
