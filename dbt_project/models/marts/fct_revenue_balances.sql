-- Where the five revenues stand as a month opens. One row per month and engagement, where anything stands.
{{ month_openings('fct_revenue_deltas', ['engagement_id'], {
    'sold_revenue': 'decimal(18, 2)', 'planned_revenue': 'decimal(18, 2)', 'billed_revenue': 'decimal(18, 2)',
    'posting_ledgers_billed_revenue': 'decimal(18, 2)', 'paying_ledgers_billed_revenue': 'decimal(18, 2)',
    'recognized_revenue': 'decimal(18, 2)', 'collected_cash': 'decimal(18, 2)'
}) }}
