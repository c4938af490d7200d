-- What we hold that a ledger's revenue accounts may hold too: invoice lines and postings by company, account and day, also
-- those that do not count, and why. One row per line or posting and day on which it moves an account.
with lines as (
    select
        'billed' as measure, 'accounting_invoice_lines' as source_object, lines.source_system, lines.source_id,
        coalesce(lines.record_url, invoices.record_url) as record_url,
        coalesce(invoices.legal_entity, customers.legal_entity) as legal_entity, lines.account_code, invoices.currency,
        lines.net_amount as native_amount, lines.booked_amount, lines.booked_currency,
        case
            when invoices.is_counted and lines.deleted_at is null then 'counted'
            when lines.deleted_at is not null then 'deleted'
            when invoices.is_between_companies then 'intercompany'
            when invoices.is_duplicate_of is not null then 'in another ledger too'
            else invoices.status
        end as standing,
        invoices.standing_from, invoices.standing_to
    from {{ ref('accounting_invoice_lines') }} as lines
    inner join {{ ref('int_invoices') }} as invoices on lines.invoice_id = invoices.invoice_id
    left join {{ ref('accounting_customers') }} as customers on invoices.customer_id = customers.customer_id
),

postings as (
    select
        'recognized' as measure, 'accounting_revenue_postings' as source_object, postings.source_system, postings.source_id,
        postings.record_url, postings.legal_entity, postings.account_code, postings.currency,
        postings.amount as native_amount, cast(null as decimal(18, 4)) as booked_amount, cast(null as varchar) as booked_currency,
        case
            when counted.posting_id is not null then 'counted'
            when postings.deleted_at is not null then 'deleted'
            when invoices.is_duplicate_of is not null then 'in another ledger too'
            else 'intercompany'
        end as standing,
        postings.posted_on as day
    from {{ ref('accounting_revenue_postings') }} as postings
    left join {{ ref('int_postings') }} as counted on postings.posting_id = counted.posting_id
    left join {{ ref('accounting_invoice_lines') }} as lines on postings.invoice_line_id = lines.invoice_line_id
    left join {{ ref('int_invoices') }} as invoices on lines.invoice_id = invoices.invoice_id
)

select
    measure, source_object, source_system, source_id, record_url, legal_entity, account_code, currency, native_amount,
    booked_amount, booked_currency, standing, standing_from as day
from lines
union all
select
    measure, source_object, source_system, source_id, record_url, legal_entity, account_code, currency, -native_amount,
    -booked_amount, booked_currency, standing, standing_to as day
from lines where standing = 'counted' and standing_to < {{ forever() }}
union all
select
    measure, source_object, source_system, source_id, record_url, legal_entity, account_code, currency, native_amount,
    booked_amount, booked_currency, standing, day
from postings
