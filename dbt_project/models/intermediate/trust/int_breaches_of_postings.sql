-- What was posted by hand, too late, or twice. One row per breach of a rule about postings and documents.
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
        standing.billed_amount - by_hand.own_billed_amount + by_hand.amount = standing.planned_amount
        or standing.billed_amount - by_hand.own_billed_amount + by_hand.amount = standing.sold_amount
    )
),

-- first loads: what was there then was not entered then
first_loads as (
    select source_system, min(first_seen_at) as first_load_at from {{ ref('accounting_invoices') }} group by source_system
),

first_posting_loads as (
    select source_system, min(first_seen_at) as first_load_at from {{ ref('accounting_revenue_postings') }} group by source_system
),

entered as (
    select
        'accounting_invoices' as source_object, invoices.source_system, invoices.source_id, invoices.record_url,
        counted.client_id, cast(null as varchar) as engagement_id,
        coalesce(invoices.legal_entity, customers.legal_entity) as legal_entity, invoices.invoice_date as posted_on,
        coalesce(
            invoices.posted_at, invoices.created_at,
            case when invoices.first_seen_at > first_loads.first_load_at then invoices.first_seen_at end
        ) as entered_at,
        cast(null as varchar) as changed_by, counted.net_native_amount as native_amount, invoices.currency
    from {{ ref('accounting_invoices') }} as invoices
    inner join {{ ref('int_invoices') }} as counted on invoices.invoice_id = counted.invoice_id
    left join {{ ref('accounting_customers') }} as customers on invoices.customer_id = customers.customer_id
    inner join first_loads on invoices.source_system = first_loads.source_system
    where invoices.deleted_at is null and invoices.status in ('open', 'paid')
    union all
    select
        'accounting_revenue_postings' as source_object, postings.source_system, postings.source_id, postings.record_url,
        cast(null as varchar) as client_id, postings.engagement_id, postings.legal_entity, postings.posted_on,
        case when documents.first_seen_at > first_posting_loads.first_load_at then documents.first_seen_at end as entered_at,
        postings.posted_by as changed_by, postings.native_amount, postings.currency
    from {{ ref('int_postings') }} as postings
    inner join {{ ref('accounting_revenue_postings') }} as documents on postings.posting_id = documents.posting_id
    inner join first_posting_loads on postings.source_system = first_posting_loads.source_system
),

closed_months as (
    select legal_entity, month_end, min(closed_at) as closed_at
    from {{ ref('accounting_periods') }} where deleted_at is null group by legal_entity, month_end
),

posted_late as (
    select entered.*, closed_months.closed_at, closed_months.month_end
    from entered
    inner join closed_months
        on entered.legal_entity = closed_months.legal_entity and last_day(entered.posted_on) = last_day(closed_months.month_end)
    where entered.entered_at > closed_months.closed_at
),

twice as (
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
union all
select
    'posted_into_closed_period', engagement_id, client_id, source_system, source_object, source_id, record_url, 'posted_at',
    cast(closed_at as varchar), cast(entered_at as varchar), changed_by, cast(native_amount as decimal(18, 4)), currency,
    {{ business_date('entered_at') }}, entered_at, null
from posted_late
union all
select
    'invoice_in_two_systems', engagement_id, client_id, source_system, 'accounting_invoices', source_id, record_url, 'number',
    first_document, source_system || ' ' || source_id, null, cast(gross_native_amount as decimal(18, 4)), currency,
    invoice_date, null, null
from twice
