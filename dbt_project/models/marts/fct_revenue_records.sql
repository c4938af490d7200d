-- What each source record adds to a revenue. One row per measure, engagement, source record and day.
{{ config(materialized='view') }}
with amounts as (
    select
        'sold_revenue' as measure, engagement_id, source_system, 'crm_deals' as source_object, source_id, record_url,
        sold_amount as amount, metric_date
    from {{ ref('fct_sold') }}
    union all
    select
        'planned_revenue' as measure, planned.engagement_id, planned.source_system, 'psa_budget_lines' as source_object,
        lines.source_id, planned.record_url, planned.planned_amount as amount, planned.metric_date
    from {{ ref('fct_planned') }} as planned
    left join {{ ref('psa_budget_lines') }} as lines
        on planned.project_id = lines.project_id
        and planned.version = lines.version
        and planned.budget_line_id = lines.budget_line_id
    union all
    select
        'billed_revenue' as measure, engagement_id, source_system, 'accounting_invoice_lines' as source_object, source_id,
        record_url, billed_amount as amount, metric_date
    from {{ ref('fct_billed') }}
    union all
    select
        'recognized_revenue' as measure, engagement_id, source_system, 'accounting_revenue_postings' as source_object,
        source_id, record_url, recognized_amount as amount, metric_date
    from {{ ref('fct_recognized') }}
    union all
    select
        'collected_cash' as measure, engagement_id, source_system, 'accounting_payments' as source_object, source_id,
        record_url, collected_amount as amount, metric_date
    from {{ ref('fct_collected') }}
)

select
    measure, engagement_id, source_system, source_object, source_id, record_url,
    cast(sum(amount) as decimal(18, 2)) as amount, metric_date
from amounts
group by measure, engagement_id, source_system, source_object, source_id, record_url, metric_date
having sum(amount) <> 0
