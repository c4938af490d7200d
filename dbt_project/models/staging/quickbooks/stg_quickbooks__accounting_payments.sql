with payments as (
    select
        source_system,
        source_id,
        load_id,
        first_seen_at,
        deleted_at,
        {{ field('CustomerRef.value') }} as customer_id,
        {{ day_of(field('TxnDate')) }} as paid_on,
        {{ field('CurrencyRef.value') }} as currency,
        try_cast({{ field('UnappliedAmt') }} as decimal(18, 4)) as unapplied_amount
    from {{ raw_records('quickbooks', 'payments') }}
),

credits as (
    select source_system, payment_id, sum(amount) as amount
    from {{ ref('stg_quickbooks__payment_lines') }}
    where document_type = 'CreditMemo'
    group by source_system, payment_id
),

-- what credit memos pay of an invoice is no money: the first `credits.amount` of the payment's invoices
paid as (
    select
        lines.source_system as paid_system,
        lines.payment_id,
        lines.document_id as invoice_id,
        sum(lines.amount - greatest(0, least(lines.ends_at, coalesce(credits.amount, 0)) - lines.starts_at)) as amount
    from {{ ref('stg_quickbooks__payment_lines') }} as lines
    left join credits on lines.source_system = credits.source_system and lines.payment_id = credits.payment_id
    where lines.document_type = 'Invoice'
    group by lines.source_system, lines.payment_id, lines.document_id
    having sum(lines.amount - greatest(0, least(lines.ends_at, coalesce(credits.amount, 0)) - lines.starts_at)) <> 0
    union all
    select source_system, source_id, null, unapplied_amount from payments where unapplied_amount <> 0
)

select
    paid.payment_id || coalesce('-' || paid.invoice_id, '') as payment_id,
    'payment' as kind,
    paid.invoice_id,
    coalesce(roots.root_id, payments.customer_id) as customer_id,
    payments.paid_on,
    cast(paid.amount as decimal(18, 4)) as amount,
    payments.currency,
    cast(null as decimal(18, 4)) as applied_amount,
    payments.source_system,
    paid.payment_id || coalesce('-' || paid.invoice_id, '') as source_id,
    payments.load_id,
    payments.first_seen_at,
    payments.deleted_at,
    {{ system_url('quickbooks') }}
    || '/app/recvpayment?txnId=' || payments.source_id as record_url
from paid
inner join payments on paid.paid_system = payments.source_system and paid.payment_id = payments.source_id
left join {{ ref('stg_quickbooks__customer_roots') }} as roots
    on payments.source_system = roots.customer_system and payments.customer_id = roots.customer_id
