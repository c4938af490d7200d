-- What was posted by hand. One row per posting without an invoice, and per posting or adjustment that closes a gap exactly.
with manual_postings as (
    select postings.*, documents.invoice_line_id
    from {{ ref('int_postings') }} as postings
    inner join {{ ref('accounting_revenue_postings') }} as documents on postings.posting_id = documents.posting_id
    where postings.source = 'manual'
),

-- what could have been moved by hand to make two sides equal: a posting, or an adjustment on an invoice
by_hand as (
    select
        'accounting_revenue_postings' as source_object, posting_id as record_key, engagement_id, source_system, source_id,
        record_url, posted_by as changed_by, native_amount, currency, amount, posted_on as happened_on, 0 as own_billed_amount
    from manual_postings
    union all
    select
        'accounting_invoice_lines' as source_object, line_key as record_key, engagement_id, source_system, source_id, record_url,
        cast(null as varchar) as changed_by, native_amount, currency, amount, invoice_date as happened_on,
        amount as own_billed_amount
    from {{ ref('int_invoice_lines') }} where kind = 'adjustment' and reason is null
),

-- what stands on the day: everything else billed, against planned and against sold
standing as (
    select
        by_hand.source_object, by_hand.record_key,
        sum(deltas.sold_revenue) as sold_amount, sum(deltas.planned_revenue) as planned_amount,
        sum(deltas.billed_revenue) as billed_amount
    from by_hand
    inner join {{ ref('fct_revenue_deltas') }} as deltas
        on by_hand.engagement_id = deltas.engagement_id and deltas.day <= by_hand.happened_on
    group by by_hand.source_object, by_hand.record_key
),

gap_closers as (
    select
        by_hand.*, standing.billed_amount - by_hand.own_billed_amount as billed_before,
        case when standing.billed_amount - by_hand.own_billed_amount + by_hand.amount = standing.planned_amount then 'planned'
            else 'sold' end as made_equal_to
    from by_hand
    inner join standing
        on by_hand.source_object = standing.source_object and by_hand.record_key = standing.record_key
    where by_hand.amount <> 0 and (
        standing.billed_amount - by_hand.own_billed_amount + by_hand.amount = nullif(standing.planned_amount, 0)
        or standing.billed_amount - by_hand.own_billed_amount + by_hand.amount = nullif(standing.sold_amount, 0)
    )
)

select
    'manual_posting_without_invoice' as rule, engagement_id, cast(null as varchar) as client_id, source_system,
    'accounting_revenue_postings' as source_object, source_id, record_url, 'amount' as field,
    cast(null as varchar) as value_before, cast(native_amount as varchar) as value_after, posted_by as changed_by,
    cast(native_amount as decimal(18, 4)) as native_amount, currency, posted_on as happened_on,
    cast(null as timestamptz) as changed_at, cast(null as date) as resolved_on
from manual_postings where invoice_line_id is null
union all
select
    'manual_posting_closes_gap', engagement_id, null, source_system, source_object, source_id, record_url,
    'amount against ' || made_equal_to, cast(billed_before as varchar), cast(billed_before + amount as varchar), changed_by,
    cast(native_amount as decimal(18, 4)), currency, happened_on, null, null
from gap_closers
