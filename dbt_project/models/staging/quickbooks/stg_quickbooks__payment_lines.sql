{#- A payment's lines in their order, each as a stretch of its own kind's running total: where the stretches of invoices
    and of credit memos overlap, that credit pays that invoice. -#}
with unnested as (
    select
        source_system,
        source_id as payment_id,
        {{ elements("record -> '$.Line'") }} as line,
        generate_subscripts(from_json(record -> '$.Line', '["json"]'), 1) as line_number
    from {{ raw_records('quickbooks', 'payments') }}
),

lines as (
    select
        source_system,
        payment_id,
        line_number,
        {{ field('LinkedTxn[0].TxnType', 'line') }} as document_type,
        {{ field('LinkedTxn[0].TxnId', 'line') }} as document_id,
        try_cast({{ field('Amount', 'line') }} as decimal(18, 4)) as amount
    from unnested
)

select
    *,
    sum(amount) over (
        partition by source_system, payment_id, document_type order by line_number
        rows between unbounded preceding and current row
    ) as ends_at,
    ends_at - amount as starts_at
from lines
where document_type in ('Invoice', 'CreditMemo')
