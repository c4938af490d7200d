-- One row per source record's contribution to one driver of one bridge, for as long as it lasts.
select
    bridge, driver, engagement_id, source_system, source_object, source_id, record_url, revenue_type, reason,
    currency as native_currency, cast(native_amount as decimal(18, 4)) as native_amount, amount, is_inferred,
    effective_from, nullif(effective_to, {{ forever() }}) as effective_to, expected_until
from {{ ref('int_variance_runs') }}
order by bridge, engagement_id, driver, effective_from
