-- Bridge 4: why what was collected differs from what was billed. One row per line, credit or payment, driver and run of
-- days: all that counts towards an invoice stands under the driver of its open amount. Ledgers without payments take no
-- part.
with ledgers as (
    select source_system from {{ ref('int_bridge_ledgers') }} where bridge = 'billed_to_collected'
),

lines as (
    select * from {{ ref('int_invoice_lines') }} where source_system in (select source_system from ledgers)
),

stakes as (
    select
        lines.invoice_id, lines.engagement_id, lines.source_system, 'accounting_invoice_lines' as source_object,
        lines.source_id, lines.line_key || ' open' as part, lines.record_url, lines.revenue_type, lines.currency,
        -(lines.native_amount + lines.tax_native_amount) as native_amount,
        -(lines.cc_amount + lines.tax_cc_amount) as amount,
        lines.standing_from as effective_from, lines.standing_to as effective_to
    from lines where lines.type = 'invoice'
    union all
    select
        parts.invoice_id, parts.engagement_id, lines.source_system, 'accounting_invoice_lines' as source_object,
        lines.source_id, lines.line_key || ' credit ' || parts.part as part, lines.record_url, lines.revenue_type,
        lines.currency, -(lines.native_amount + lines.tax_native_amount) as native_amount, -parts.cc_amount as amount,
        parts.effective_from, parts.effective_to
    from {{ ref('int_credit_parts') }} as parts
    inner join lines on parts.line_key = lines.line_key
    union all
    select
        towards_invoice_id as invoice_id, engagement_id, source_system, 'accounting_payments' as source_object, source_id,
        line_key || ' paid' as part, record_url, revenue_type, currency,
        case kind when 'refund' then -native_amount else native_amount end as native_amount,
        case kind when 'refund' then -cc_amount else cc_amount end as amount, paid_on as effective_from,
        {{ forever() }} as effective_to
    from {{ ref('int_payment_parts') }}
    where invoice_id is not null or not is_missing_fx_rate
),

open_items as (
    select
        case when stakes.invoice_id is null then 'overpaid' else balances.driver end as driver,
        stakes.* exclude (effective_from, effective_to), balances.due_on,
        greatest(stakes.effective_from, coalesce(balances.effective_from, stakes.effective_from)) as effective_from,
        least(stakes.effective_to, coalesce(balances.effective_to, stakes.effective_to)) as effective_to
    from stakes
    left join {{ ref('int_invoice_balances') }} as balances
        on stakes.invoice_id = balances.invoice_id
        and stakes.effective_from < balances.effective_to and stakes.effective_to > balances.effective_from
),

other_items as (
    select
        'tax_billed' as driver, engagement_id, source_system, 'accounting_invoice_lines' as source_object, source_id,
        line_key || ' tax' as part, record_url, revenue_type, currency, tax_native_amount as native_amount,
        tax_cc_amount as amount, standing_from as effective_from, standing_to as effective_to
    from lines
    union all by name
    select
        case when is_missing_fx_rate then 'missing_fx_rate' else 'fx' end as driver, engagement_id, source_system,
        'accounting_invoice_lines' as source_object, source_id, line_key || ' rate' as part, record_url, revenue_type,
        currency, -native_amount as native_amount, cc_amount - amount as amount, standing_from as effective_from,
        standing_to as effective_to
    from lines
    union all by name
    select
        case kind when 'bad_debt' then 'bad_debt' else 'withheld' end as driver, engagement_id, source_system,
        'accounting_payments' as source_object, source_id, line_key as part, record_url, revenue_type, reason, currency,
        -native_amount as native_amount, case when is_missing_fx_rate then 0 else -cc_amount end as amount,
        paid_on as effective_from, {{ forever() }} as effective_to
    from {{ ref('int_payment_parts') }} where kind in ('bad_debt', 'withholding')
    union all by name
    select
        'fx' as driver, engagement_id, source_system, 'accounting_payments' as source_object, source_id,
        line_key || ' rate' as part, record_url, revenue_type, currency, native_amount,
        case kind when 'refund' then -1 else 1 end * (amount - case when is_missing_fx_rate then 0 else cc_amount end)
            as amount,
        paid_on as effective_from, {{ forever() }} as effective_to
    from {{ ref('int_payment_parts') }} where kind in ('payment', 'refund')
    union all by name
    select
        'missing_fx_rate' as driver, engagement_id, source_system, 'accounting_payments' as source_object, source_id,
        line_key || ' no rate' as part, record_url, revenue_type, currency, native_amount,
        case kind when 'refund' then 1 else -1 end * cc_amount as amount, paid_on as effective_from,
        {{ forever() }} as effective_to
    from {{ ref('int_payment_parts') }} where is_missing_fx_rate
),

items as (
    select * from open_items
    union all by name
    select * from other_items
)

select
    'billed_to_collected' as bridge, driver, engagement_id, source_system, source_object, source_id, part, record_url,
    revenue_type, reason, currency, native_amount, cast(amount as decimal(18, 2)) as amount,
    false as is_inferred, invoice_id, due_on, effective_from, effective_to
from items
