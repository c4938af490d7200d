{#- What invoices and credit memos have in common. A credit memo's amounts are positive here, as QuickBooks has them. -#}
{%- for type, table in [('invoice', 'invoices'), ('credit_note', 'credit_memos')] %}
select
    '{{ type }}' as type,
    source_system,
    source_id,
    load_id,
    first_seen_at,
    deleted_at,
    record,
    try_cast({{ field('TotalAmt') }} as decimal(18, 4)) as total_amount,
    try_cast({{ field('TxnTaxDetail.TotalTax') }} as decimal(18, 4)) as total_tax,
    {{ field('CurrencyRef.value') }} as currency,
    try_cast({{ field('ExchangeRate') }} as decimal(20, 10)) as exchange_rate,
    -- QuickBooks has no word for it: a voided document keeps its number, and nothing of its amount
    coalesce(
        try_cast({{ field('TotalAmt') }} as decimal(18, 4)) = 0 and starts_with(lower({{ field('PrivateNote') }}), 'void'), false
    ) as is_void
from {{ raw_records('quickbooks', table) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
