-- Money, valued whole and spread over its document's lines by gross, the remainder to the largest line. One row per payment
-- and line; money that belongs to no counted document is one row in its client's unlinked engagement. cc_amount is what it
-- takes off the open amount, also where it has no rate of its own (amount is 0 then).
with lines as (
    select
        lines.invoice_id, lines.line_key, lines.engagement_id, lines.revenue_type, lines.currency,
        case lines.type when 'credit_note' then -1 else 1 end * (lines.native_amount + lines.tax_native_amount) as weight,
        case when starts_with(lines.engagement_id, 'unlinked:') then own.rate else refs.rate end as reference_rate,
        own.rate as invoice_rate
    from {{ ref('int_invoice_lines') }} as lines
    left join {{ ref('int_reference_rates') }} as refs
        on lines.engagement_id = refs.engagement_id and lines.currency = refs.currency
    left join {{ ref('int_fx_rates') }} as own
        on lines.currency = own.currency and lines.invoice_date >= own.valid_from and lines.invoice_date < own.valid_to
),

-- the whole payment as each engagement on the document sees it
views as (
    select distinct invoice_id, engagement_id as for_engagement_id, reference_rate, invoice_rate from lines
),

wholes as (
    select
        payments.payment_id, payments.kind, payments.invoice_id, payments.towards_invoice_id, payments.source_system,
        payments.source_id, payments.record_url, payments.currency, payments.native_amount, payments.reason,
        payments.is_missing_fx_rate, payments.paid_on, views.for_engagement_id, lines.line_key, lines.engagement_id,
        lines.revenue_type, lines.weight, payments.amount,
        cast(coalesce(
            {{ converted(
                'payments.applied_native_amount',
                'coalesce(views.reference_rate, case when payments.is_missing_fx_rate then views.invoice_rate end)'
            ) }},
            payments.amount
        ) as decimal(18, 2)) as cc_amount
    from {{ ref('int_payments') }} as payments
    inner join views on payments.invoice_id = views.invoice_id
    inner join lines on payments.invoice_id = lines.invoice_id
),

shares as (
    {{ spread('wholes', {'amount': 2, 'cc_amount': 2}, 'weight', ['line_key'], ['payment_id', 'for_engagement_id']) }}
)

select
    payment_id, kind, invoice_id, towards_invoice_id, line_key, engagement_id, revenue_type, source_system, source_id,
    record_url, currency, reason, native_amount, amount, cc_amount, is_missing_fx_rate, paid_on
from shares where engagement_id = for_engagement_id
union all
select
    payment_id, kind, invoice_id, towards_invoice_id, '' as line_key, 'unlinked:' || client_id as engagement_id,
    'service' as revenue_type, source_system, source_id, record_url, currency, reason, native_amount, amount,
    amount as cc_amount, is_missing_fx_rate, paid_on
from {{ ref('int_payments') }} where invoice_id is null
