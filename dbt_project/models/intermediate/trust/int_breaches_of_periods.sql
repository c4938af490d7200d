-- What was posted into a month that its company had closed. One row per document or posting.
with first_loads as (
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
)

select
    'posted_into_closed_period' as rule, engagement_id, client_id, source_system, source_object, source_id, record_url,
    'posted_at' as field, cast(closed_at as varchar) as value_before, cast(entered_at as varchar) as value_after, changed_by,
    cast(native_amount as decimal(18, 4)) as native_amount, currency, {{ business_date('entered_at') }} as happened_on,
    entered_at as changed_at, cast(null as date) as resolved_on
from posted_late
