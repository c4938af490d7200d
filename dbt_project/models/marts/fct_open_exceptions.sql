-- Exceptions that are open on the business day of the newest load, and how old they are. One row per open exception.
select
    exception_id, kind as exception_kind, coalesce(subject, '(none)') as subject, coalesce(severity, '(none)') as severity,
    coalesce(engagement_id, '(none)') as engagement_id, coalesce(client_id, '(none)') as client_id, owner_role, age_days,
    date '{{ var("business_day") }}' as metric_date
from {{ ref('fct_exceptions') }}
where resolved_at is null
