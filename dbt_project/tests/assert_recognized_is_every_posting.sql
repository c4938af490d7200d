-- Parity: by ledger and currency, what is recognised and what is left out on purpose are all the postings there are - deleted,
-- intercompany, or of an invoice that another ledger holds too.
with expected as (
    select postings.source_system, postings.currency, count(*) as postings, sum(postings.amount) as amount
    from {{ ref('accounting_revenue_postings') }} as postings
    left join {{ ref('accounting_customers') }} as customers on postings.customer_id = customers.customer_id
    left join {{ ref('accounting_invoice_lines') }} as lines on postings.invoice_line_id = lines.invoice_line_id
    left join {{ ref('int_invoices') }} as invoices on lines.invoice_id = invoices.invoice_id
    where postings.deleted_at is null and not coalesce(customers.is_intercompany, false)
        and not coalesce(invoices.is_between_companies, false) and invoices.is_duplicate_of is null
    group by postings.source_system, postings.currency
),

recognized as (
    select source_system, native_currency as currency, count(distinct posting_id) as postings,
        sum(recognized_native_amount) as amount
    from {{ ref('fct_recognized') }} group by source_system, native_currency
)

select expected.source_system, expected.currency, expected.postings, recognized.postings as counted, expected.amount,
    recognized.amount as counted_amount
from expected
full join recognized on expected.source_system = recognized.source_system and expected.currency = recognized.currency
where expected.postings is distinct from recognized.postings or expected.amount is distinct from recognized.amount
