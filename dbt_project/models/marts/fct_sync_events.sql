-- What the integrations moved. One row per event.
select
    events.event_id, events.workflow, events.status as sync_status, events.source_system_name, events.target_system_name,
    events.source_system, events.source_id, events.record_url, events.error,
    1 as event_count,
    case when events.status = 'pending' then 0 else 1 end as finished_count,
    case when events.status in ('failed', 'rejected') then 1 else 0 end as failed_count,
    case when slas.target_minutes is not null and events.status <> 'pending' then 1 else 0 end as measured_count,
    case when events.status = 'succeeded'
        and {{ dbt.datediff('events.started_at', 'events.finished_at', 'minute') }} <= slas.target_minutes
        then 1 else 0 end as within_sla_count,
    cast(case when events.status = 'succeeded'
        then {{ dbt.datediff('events.started_at', 'events.finished_at', 'minute') }} end as integer) as latency_minutes,
    {{ business_date('events.started_at') }} as metric_date
from {{ ref('sync_events') }} as events
left join {{ ref('workflow_slas') }} as slas on events.workflow = slas.workflow
where events.deleted_at is null
