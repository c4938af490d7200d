-- The record that weighs most in each net that stands today. One row per bridge, driver, engagement, reason given or not, and
-- past its expected time or not.
select
    items.bridge, items.driver, items.engagement_id, coalesce(items.reason, '') <> '' as has_reason,
    coalesce(items.expected_until < date '{{ var("business_day") }}', false) as is_overdue, items.source_system,
    items.source_object, items.source_id, items.record_url
from {{ ref('fct_variance_items') }} as items
inner join (
    select distinct bridge, driver, engagement_id from {{ ref('int_exceptions_variance') }} where open_to is null
) as open_nets
    on items.bridge = open_nets.bridge and items.driver = open_nets.driver and items.engagement_id = open_nets.engagement_id
where items.effective_from <= date '{{ var("business_day") }}'
    and coalesce(items.effective_to, {{ forever() }}) > date '{{ var("business_day") }}'
qualify row_number() over (
    partition by items.bridge, items.driver, items.engagement_id, coalesce(items.reason, '') <> '',
        coalesce(items.expected_until < date '{{ var("business_day") }}', false)
    order by abs(items.amount) desc, abs(items.native_amount) desc, items.source_id
) = 1
