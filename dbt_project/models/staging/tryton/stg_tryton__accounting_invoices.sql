-- One row per customer invoice or credit note, on its accounting date where it has one of its own.
with credited as (
    -- a credit note's lines name the invoice lines they take back
    select line.source_system, line.invoice as invoice_id, min(original.invoice) as credited_invoice_id
    from {{ tryton('account_invoice_line') }} as line
    join {{ tryton('account_invoice_line') }} as original
        on line.source_system = original.source_system
            and {{ tryton_reference('line.origin', 'account.invoice.line') }} = original.id
    group by line.source_system, line.invoice
),

invoices as (
    select invoice.*, case when invoice.is_credit_note then credited.credited_invoice_id end as credited_invoice_id
    from {{ ref('stg_tryton__customer_invoices') }} as invoice
    left join credited
        on invoice.source_system = credited.source_system and invoice.invoice_id = credited.invoice_id
)

select
    invoice_id, party_id as customer_id, number, case when is_credit_note then 'credit_note' else 'invoice' end as type,
    case
        when not is_posted then case when state = 'cancelled' then 'void' else 'draft' end
        when is_credited then 'paid'
        when state = 'cancelled' then 'void'
        when state = 'paid' then 'paid'
        else 'open'
    end as status,
    coalesce(invoice_date, {{ business_date('created_at') }}) as invoice_date, currency, due_date, legal_entity,
    credited_invoice_id, cast(null as varchar) as reason,
    cast(null as timestamptz) as disputed_at, cast(null as varchar) as dispute_reason,
    cast(null as timestamptz) as dispute_resolved_at,
    timezone('{{ var("business_time_zone") }}', cast(reversed_on as timestamp)) as voided_at,
    party_id = company_party_id as is_intercompany, created_at, posted_at, updated_at, source_system,
    invoice_id as source_id, load_id, first_seen_at, deleted_at,
    {{ tryton_url('account.invoice', 'invoice_id') }} as record_url
from invoices
