-- Where every bridge stands as a month opens, so that any day costs one month of deltas. One row per month, bridge, engagement,
-- driver, reason given or not, and past its expected time or not, where anything stands.
{{ month_openings(
    'fct_variance_deltas', ['bridge', 'driver', 'engagement_id', 'has_reason', 'is_overdue'],
    {'amount': 'decimal(18, 2)', 'item_count': 'integer'}
) }}
