-- Comes from canonical.sync_events.status
select
    metric_date,
    workflow,
    sync_status,
    source_system_name,
    target_system_name,
    sum(numerator) as numerator,
    sum(denominator) as denominator,
    sum(numerator) / nullif(cast(sum(denominator) as double), 0) as sync_failure_rate
from (
    select metric_date, workflow, sync_status, source_system_name, target_system_name, numerator, 0 as denominator
    from (
        select metric_date, workflow, sync_status, source_system_name, target_system_name, failed_sync_event_count as numerator
        from (
            select
                cast(metric_time__day as date) as metric_date,
                sync_event__workflow as workflow,
                sync_event__sync_status as sync_status,
                sync_event__source_system_name as source_system_name,
                sync_event__target_system_name as target_system_name,
                cast(failed_sync_event_count as bigint) as failed_sync_event_count
            from (
                SELECT
                  DATE_TRUNC('DAY', metric_date) AS metric_time__day,
                  workflow AS sync_event__workflow,
                  sync_status AS sync_event__sync_status,
                  source_system_name AS sync_event__source_system_name,
                  target_system_name AS sync_event__target_system_name,
                  failed_count AS failed_sync_event_count
                FROM marts.fct_sync_events AS sync_events_src_10000
            )
            where failed_sync_event_count <> 0
        )
    )
    union all
    select metric_date, workflow, sync_status, source_system_name, target_system_name, 0 as numerator, denominator
    from (
        select metric_date, workflow, sync_status, source_system_name, target_system_name, finished_sync_event_count as denominator
        from (
            select
                cast(metric_time__day as date) as metric_date,
                sync_event__workflow as workflow,
                sync_event__sync_status as sync_status,
                sync_event__source_system_name as source_system_name,
                sync_event__target_system_name as target_system_name,
                cast(finished_sync_event_count as bigint) as finished_sync_event_count
            from (
                SELECT
                  DATE_TRUNC('DAY', metric_date) AS metric_time__day,
                  workflow AS sync_event__workflow,
                  sync_status AS sync_event__sync_status,
                  source_system_name AS sync_event__source_system_name,
                  target_system_name AS sync_event__target_system_name,
                  finished_count AS finished_sync_event_count
                FROM marts.fct_sync_events AS sync_events_src_10000
            )
            where finished_sync_event_count <> 0
        )
    )
)
group by metric_date, workflow, sync_status, source_system_name, target_system_name
