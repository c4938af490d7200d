-- The record that weighs most in each net that stands today. One row per bridge, driver, engagement, reason given or not, and
-- past its expected time or not.
with standing as (
    select
        items.bridge, items.driver, items.engagement_id, coalesce(items.reason, '') <> '' as has_reason,
        coalesce(items.expected_until < date '{{ var("business_day") }}', false) as is_overdue,
        max({
            'amount': abs(items.amount), 'native_amount': abs(items.native_amount), 'source_id': items.source_id,
            'source_object': items.source_object, 'source_system': items.source_system, 'record_url': items.record_url
        }) as heaviest
    from {{ ref('fct_variance_items') }} as items
    inner join (
        select distinct bridge, driver, engagement_id from {{ ref('int_exceptions_variance') }} where open_to is null
    ) as open_nets
        on items.bridge = open_nets.bridge and items.driver = open_nets.driver
        and items.engagement_id = open_nets.engagement_id
    where items.effective_from <= date '{{ var("business_day") }}'
        and coalesce(items.effective_to, {{ forever() }}) > date '{{ var("business_day") }}'
    group by all
)

select
    bridge, driver, engagement_id, has_reason, is_overdue, heaviest.source_system, heaviest.source_object,
    heaviest.source_id, heaviest.record_url
from standing
