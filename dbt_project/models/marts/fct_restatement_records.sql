-- The records behind a restated month: what each added to it as reported, and what it adds now. Their differences add up to
-- the restatement of the month. One row per closing, engagement, measure and source record that adds another amount now.
with closings as (
    select month, closed_at, snapshot, measures, closed_at = max(closed_at) over (partition by month) as is_latest
    from {{ reported('closed_months') }}
),

told as (
    select name as measure from {{ ref('dim_availability') }} where kind in ('revenue', 'bridge') and is_available
),

compared as (
    select closings.month, closings.closed_at, told.measure
    from closings inner join told on list_contains(closings.measures, told.measure)
),

now_records as (
    select
        compared.month, compared.closed_at, records.measure, records.engagement_id, records.source_system,
        records.source_object, coalesce(records.source_id, '') as source_id, sum(records.amount) as amount,
        min(records.metric_date) as dated_on
    from compared
    inner join {{ ref('fct_revenue_records') }} as records
        on compared.measure = records.measure and compared.month = date_trunc('month', records.metric_date)
    group by all
),

reported_records as (
    select
        month, closed_at, measure, engagement_id, source_system, source_object, coalesce(source_id, '') as source_id,
        sum(amount) as amount, min(dated_on) as dated_on
    from {{ reported('reported_records') }} inner join compared using (month, closed_at, measure)
    group by all
),

differences as (
    select
        month, closed_at, measure, engagement_id, source_system, source_object, source_id,
        reported_records.amount as as_reported_amount, now_records.amount as now_amount,
        coalesce(now_records.dated_on, reported_records.dated_on) as dated_on
    from reported_records
    full join now_records using (month, closed_at, measure, engagement_id, source_system, source_object, source_id)
    where coalesce(reported_records.amount, 0) <> coalesce(now_records.amount, 0)
),

records as (
    {%- for table in [
        'crm_deals', 'psa_budget_lines', 'accounting_invoice_lines', 'accounting_revenue_postings', 'accounting_payments'
    ] %}
    select '{{ table }}' as source_object, source_system, source_id, record_url, load_id, first_seen_at, deleted_at
    from {{ ref(table) }} {{ 'union all' if not loop.last }}
    {%- endfor %}
),

loads as (
    select load_id, max(loaded_at) as loaded_at from {{ ref('fct_loads') }} group by load_id
)

select
    month, closings.snapshot, differences.engagement_id, differences.measure, differences.source_system,
    differences.source_object, differences.source_id, records.record_url,
    case when differences.as_reported_amount is null then 'came' when differences.now_amount is null then 'left'
        else 'changed' end as what_happened,
    cast(coalesce(differences.as_reported_amount, 0) as decimal(18, 2)) as as_reported_amount,
    cast(coalesce(differences.now_amount, 0) as decimal(18, 2)) as now_amount,
    cast(coalesce(differences.now_amount, 0) - coalesce(differences.as_reported_amount, 0) as decimal(18, 2))
        as difference_amount,
    closings.is_latest, differences.dated_on, records.first_seen_at, loads.loaded_at as last_changed_at, records.deleted_at,
    closed_at
from differences
inner join closings using (month, closed_at)
left join records
    on differences.source_object = records.source_object
    and differences.source_system = records.source_system
    and differences.source_id = records.source_id
left join loads on records.load_id = loads.load_id
order by month, closed_at, differences.engagement_id
