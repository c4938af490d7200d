-- Ownership that nobody has reviewed in time. One row per category, table and field whose review is overdue today.
select
    category, canonical_table, field, owner_system, team, reviewer_role, where_to_fix, review_interval_days, last_review,
    cast(last_review + review_interval_days as date) as due_on,
    cast(date '{{ var("business_day") }}' - cast(last_review + review_interval_days as date) as integer) as overdue_days
from {{ ref('ownership') }}
where last_review + review_interval_days < date '{{ var("business_day") }}'
