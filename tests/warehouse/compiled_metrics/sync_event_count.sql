-- Comes from rows counted, whatever they hold
select
    cast(metric_time__day as date) as metric_date,
    sync_event__workflow as workflow,
    sync_event__sync_status as sync_status,
    sync_event__source_system_name as source_system_name,
    sync_event__target_system_name as target_system_name,
    cast(sync_event_count as bigint) as sync_event_count
from (
    SELECT
      DATE_TRUNC('DAY', metric_date) AS metric_time__day,
      workflow AS sync_event__workflow,
      sync_status AS sync_event__sync_status,
      source_system_name AS sync_event__source_system_name,
      target_system_name AS sync_event__target_system_name,
      event_count AS sync_event_count
    FROM marts.fct_sync_events AS sync_events_src_10000
)
where sync_event_count <> 0
