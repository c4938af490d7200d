-- Comes from canonical.sync_events.finished_at, canonical.sync_events.started_at,
-- canonical.sync_events.status
select
    cast(metric_time__day as date) as metric_date,
    sync_event,
    sync_event__workflow as workflow,
    sync_event__sync_status as sync_status,
    sync_event__source_system_name as source_system_name,
    sync_event__target_system_name as target_system_name,
    sync_latency_minutes
from (
    SELECT
      DATE_TRUNC('day', metric_date) AS metric_time__day
      , event_id AS sync_event
      , workflow AS sync_event__workflow
      , sync_status AS sync_event__sync_status
      , source_system_name AS sync_event__source_system_name
      , target_system_name AS sync_event__target_system_name
      , PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY (latency_minutes)) AS sync_latency_minutes
    FROM marts.fct_sync_events sync_events_src_10000
    GROUP BY
      DATE_TRUNC('day', metric_date)
      , event_id
      , workflow
      , sync_status
      , source_system_name
      , target_system_name
)
where sync_latency_minutes is not null
