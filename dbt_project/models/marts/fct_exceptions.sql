-- One queue of everything that needs action, and of what needed it and no longer does. One row per exception.
select
    md5(exceptions.kind || '|' || exceptions.natural_key) as exception_id, exceptions.kind, exceptions.subject,
    exceptions.title, exceptions.severity, exceptions.engagement_id, engagements.engagement_name,
    coalesce(exceptions.client_id, engagements.client_id) as client_id,
    coalesce(clients.client, engagements.client) as client, exceptions.owner_role, exceptions.where_to_fix,
    exceptions.source_system, exceptions.source_object, exceptions.source_id, exceptions.record_url, exceptions.amount,
    cast(
        coalesce(exceptions.resolved_on, date '{{ var("business_day") }}')
        - least(exceptions.first_seen_on, date '{{ var("business_day") }}') as integer
    ) as age_days,
    -- what is dated ahead is seen today already
    least(exceptions.first_seen_on, date '{{ var("business_day") }}') as first_seen,
    coalesce(cast(exceptions.resolved_on - 1 as date), date '{{ var("business_day") }}') as last_seen,
    exceptions.resolved_on as resolved_at
from {{ ref('int_exceptions') }} as exceptions
left join {{ ref('dim_engagements') }} as engagements on exceptions.engagement_id = engagements.engagement_id
left join {{ ref('dim_clients') }} as clients on coalesce(exceptions.client_id, engagements.client_id) = clients.client_id
