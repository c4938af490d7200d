-- Documents that two ledgers hold. One row per document that does not count because the other does.
with twice as (
    select
        doubles.*, firsts.source_system || ' ' || firsts.source_id as first_document, lines.engagement_id
    from {{ ref('int_invoices') }} as doubles
    inner join {{ ref('int_invoices') }} as firsts on doubles.is_duplicate_of = firsts.invoice_id
    left join (
        select invoice_id, min(engagement_id) as engagement_id from {{ ref('int_invoice_lines') }} group by invoice_id
    ) as lines on firsts.invoice_id = lines.invoice_id
    where doubles.number = firsts.number and doubles.type = firsts.type
)

select
    'invoice_in_two_systems' as rule, engagement_id, client_id, source_system, 'accounting_invoices' as source_object,
    source_id, record_url, 'number' as field, first_document as value_before,
    source_system || ' ' || source_id as value_after, cast(null as varchar) as changed_by,
    cast(gross_native_amount as decimal(18, 4)) as native_amount, currency, invoice_date as happened_on,
    cast(null as timestamptz) as changed_at, cast(null as date) as resolved_on
from twice
