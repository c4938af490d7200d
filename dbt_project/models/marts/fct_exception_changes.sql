-- The queue of exceptions as dated changes: + on the day one is first seen, - on the day it is resolved. One row per exception
-- and day.
with moves as (
    select *, 1 as direction, first_seen as metric_date from {{ ref('fct_exceptions') }}
    union all
    select *, -1 as direction, resolved_at as metric_date from {{ ref('fct_exceptions') }} where resolved_at is not null
)

select
    exception_id, kind as exception_kind, coalesce(subject, '(none)') as subject, coalesce(severity, '(none)') as severity,
    coalesce(engagement_id, '(none)') as engagement_id, coalesce(client_id, '(none)') as client_id, owner_role,
    cast(sum(direction) as integer) as open_change_count,
    cast(sum(direction * abs(coalesce(amount, 0))) as decimal(18, 2)) as open_change_amount,
    cast(case when min(direction) = -1 then any_value(age_days) end as integer) as resolution_days, metric_date
from moves
group by exception_id, kind, subject, severity, engagement_id, client_id, owner_role, metric_date
