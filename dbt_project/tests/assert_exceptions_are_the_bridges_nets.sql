-- The queue and the bridges tell the same: what stands open on a driver is the sum of its items that stand today and need action.
with today as (
    select
        items.bridge, items.driver, items.engagement_id, coalesce(items.reason, '') <> '' as has_reason,
        coalesce(items.expected_until < date '{{ var("business_day") }}', false) as is_overdue, sum(items.amount) as amount
    from {{ ref('fct_variance_items') }} as items
    where items.effective_from <= date '{{ var("business_day") }}'
        and coalesce(items.effective_to, {{ forever() }}) > date '{{ var("business_day") }}'
    group by all
),

exceptions as (
    select bridge, driver, engagement_id, has_reason, is_overdue, amount
    from {{ ref('int_exceptions_variance') }} where open_to is null
)

select exceptions.*, today.amount as standing_amount
from exceptions
left join today
    on exceptions.bridge = today.bridge and exceptions.driver = today.driver
    and exceptions.engagement_id = today.engagement_id and exceptions.has_reason = today.has_reason
    and exceptions.is_overdue = today.is_overdue
where exceptions.amount is distinct from today.amount
