-- Money, valued whole and spread over its invoice's lines by gross, the remainder to the largest line. One row per payment
-- and line; money that belongs to no counted invoice is one row in its client's unlinked engagement.
with weights as (
    select
        lines.invoice_id, lines.line_key, lines.engagement_id, lines.revenue_type, lines.currency,
        lines.native_amount + lines.tax_native_amount as weight,
        sum(lines.native_amount + lines.tax_native_amount) over (partition by lines.invoice_id) as total_weight,
        row_number() over (
            partition by lines.invoice_id order by lines.native_amount + lines.tax_native_amount desc, lines.line_key
        ) as size_order,
        case when lines.engagement_id like 'unlinked:%' then own.rate else refs.rate end as reference_rate
    from {{ ref('int_invoice_lines') }} as lines
    left join {{ ref('int_reference_rates') }} as refs
        on lines.engagement_id = refs.engagement_id and lines.currency = refs.currency
    left join {{ ref('int_fx_rates') }} as own
        on lines.currency = own.currency and lines.invoice_date >= own.valid_from and lines.invoice_date < own.valid_to
    where lines.type = 'invoice'
),

-- what the whole payment is worth as each line's engagement sees it
wholes as (
    select
        payments.*, weights.line_key, weights.engagement_id, weights.revenue_type, weights.weight, weights.total_weight,
        weights.size_order,
        case
            when payments.is_missing_fx_rate then 0
            when weights.reference_rate is null then payments.amount
            else {{ converted('payments.applied_native_amount', 'weights.reference_rate') }}
        end as whole_cc_amount
    from {{ ref('int_payments') }} as payments
    inner join weights on payments.invoice_id = weights.invoice_id
),

shares as (
    select
        wholes.*, peers.size_order as peer_order, peers.line_key as peer_key,
        {% for part in ['amount', 'whole_cc_amount'] -%}
        case when wholes.total_weight = 0 then 0 else {{ cents(
            scaled('wholes.' ~ part, 2) ~ ' * ' ~ scaled('peers.weight', 4) ~ ' * cast(sign(wholes.total_weight) as hugeint)',
            scaled('abs(wholes.total_weight)', 4), 2
        ) }} end as share_{{ part }}{{ ',' if not loop.last }}
        {% endfor %}
    from wholes
    inner join weights as peers on wholes.invoice_id = peers.invoice_id
)

select
    payment_id, kind, invoice_id, line_key, engagement_id, revenue_type, source_system, source_id, record_url, currency,
    any_value(native_amount) as native_amount,
    cast(sum(share_amount) filter (where peer_key = line_key)
        + case when any_value(size_order) = 1 then any_value(amount) - sum(share_amount) else 0 end as decimal(18, 2)) as amount,
    cast(sum(share_whole_cc_amount) filter (where peer_key = line_key)
        + case when any_value(size_order) = 1 then any_value(whole_cc_amount) - sum(share_whole_cc_amount) else 0 end
        as decimal(18, 2)) as cc_amount,
    any_value(is_missing_fx_rate) as is_missing_fx_rate, paid_on
from shares
group by payment_id, kind, invoice_id, line_key, engagement_id, revenue_type, source_system, source_id, record_url,
    currency, paid_on
union all
select
    payment_id, kind, invoice_id, '' as line_key, 'unlinked:' || client_id as engagement_id, 'service' as revenue_type,
    source_system, source_id, record_url, currency, native_amount, amount, amount as cc_amount, is_missing_fx_rate, paid_on
from {{ ref('int_payments') }} where invoice_id is null
