-- Syncs that failed, were turned away, or wait for longer than their workflow may take. One row per record, workflow and run of
-- time; resolved_on is the day of the first success after it.
with syncs as (
    select
        events.*, min(case when events.status = 'succeeded' then coalesce(events.finished_at, events.started_at) end) over (
            partition by events.workflow, events.source_system_name, events.source_id, events.target_system_name
            order by events.started_at, events.event_id rows between 1 following and unbounded following
        ) as succeeded_at
    from {{ ref('sync_events') }} as events where events.deleted_at is null
),

sync_failures as (
    select
        'failed_sync' as kind, coalesce(syncs.source_system_name, syncs.source_system) as source_system,
        syncs.workflow as source_object, syncs.source_id,
        coalesce(slas.label, syncs.workflow) || ' of ' || syncs.source_id || ' to ' || syncs.target_system_name
            || case arg_max(syncs.status, syncs.started_at) when 'pending' then ' still waits'
                when 'rejected' then ' was turned away' else ' failed' end
            || coalesce(': ' || arg_max(syncs.error, syncs.started_at), '') || '.' as title,
        coalesce(slas.where_to_fix, 'Middleware: run it again') as where_to_fix, slas.owner_role,
        syncs.target_system_name || coalesce(cast(syncs.succeeded_at as varchar), '') as discriminator,
        min(syncs.started_at) as first_at, syncs.succeeded_at as resolved_at
    from syncs
    left join {{ ref('workflow_slas') }} as slas on syncs.workflow = slas.workflow
    where syncs.status in ('failed', 'rejected')
        or (syncs.status = 'pending' and syncs.started_at + to_minutes(slas.target_minutes) < {{ end_of_day("date '" ~ var('business_day') ~ "'") }})
    group by
        syncs.source_system_name, syncs.source_system, syncs.workflow, syncs.source_id, syncs.target_system_name, slas.label,
        slas.where_to_fix, slas.owner_role, syncs.succeeded_at
)

select
    kind, source_system, source_object, source_id, title, where_to_fix, owner_role, discriminator,
    {{ business_date('first_at') }} as first_seen_on, {{ business_date('resolved_at') }} as resolved_on
from sync_failures
