with allocated as (
    select
        invoices.source_system as paid_system,
        invoices.payment_id,
        credits.document_id as credit_note_id,
        invoices.document_id as invoice_id,
        sum(least(invoices.ends_at, credits.ends_at) - greatest(invoices.starts_at, credits.starts_at)) as amount
    from {{ ref('stg_quickbooks__payment_lines') }} as invoices
    inner join {{ ref('stg_quickbooks__payment_lines') }} as credits
        on
            invoices.source_system = credits.source_system
            and invoices.payment_id = credits.payment_id
            and invoices.starts_at < credits.ends_at
            and credits.starts_at < invoices.ends_at
    where invoices.document_type = 'Invoice' and credits.document_type = 'CreditMemo'
    group by invoices.source_system, invoices.payment_id, credits.document_id, invoices.document_id
)

select
    allocated.credit_note_id,
    allocated.invoice_id,
    cast(allocated.amount as decimal(18, 4)) as amount,
    {{ day_of(field('TxnDate')) }} as allocated_on,
    payments.source_system,
    allocated.payment_id || '-' || allocated.credit_note_id || '-' || allocated.invoice_id as source_id,
    payments.load_id,
    payments.first_seen_at,
    payments.deleted_at,
    {{ system_url('quickbooks') }}
    || '/app/recvpayment?txnId=' || payments.source_id as record_url
from allocated
inner join {{ raw_records('quickbooks', 'payments') }} as payments
    on allocated.paid_system = payments.source_system and allocated.payment_id = payments.source_id
