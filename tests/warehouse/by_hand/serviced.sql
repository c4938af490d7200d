-- What the integrations' log and the support desk say.

-- metrics: sync_event_count failed_sync_event_count finished_sync_event_count measured_sync_event_count in_time_sync_event_count
select
    day_of(e.started_at) as metric_date, e.workflow, e.status as sync_status, e.source_system_name, e.target_system_name,
    count(*) as sync_event_count,
    count(*) filter (where e.status in ('failed', 'rejected')) as failed_sync_event_count,
    count(*) filter (where e.status <> 'pending') as finished_sync_event_count,
    count(*) filter (where e.status <> 'pending' and s.target_minutes is not null) as measured_sync_event_count,
    count(*) filter (where e.status = 'succeeded' and e.finished_at - e.started_at <= to_minutes(s.target_minutes))
        as in_time_sync_event_count
from canonical.sync_events as e left join seeds.workflow_slas as s on s.workflow = e.workflow
where e.deleted_at is null group by all;

-- metrics: sync_latency_minutes
select
    day_of(started_at) as metric_date, event_id as sync_event, workflow, status as sync_status, source_system_name, target_system_name,
    date_diff('minute', started_at, finished_at) as sync_latency_minutes
from canonical.sync_events where deleted_at is null and status = 'succeeded' and finished_at is not null;

-- metrics: tickets_opened_count
select
    day_of(t.opened_at) as metric_date, coalesce(engagement_of_project(t.project_id), '(none)') as engagement_id,
    coalesce(a.client_id, c.client_id, '(none)') as client_id, coalesce(p.name, '(none)') as project,
    coalesce(t.priority, '(none)') as priority, count(*) as tickets_opened_count
from canonical.support_tickets as t
left join canonical.psa_projects as p on p.project_id = t.project_id
left join client_of as a on a.record = 'crm:' || t.account_id
left join client_of as c on c.record = 'psa:' || p.client_id
where t.deleted_at is null group by all;

-- metrics: open_ticket_count
select
    d.day as metric_date, coalesce(engagement_of_project(t.project_id), '(none)') as engagement_id,
    coalesce(a.client_id, c.client_id, '(none)') as client_id, coalesce(p.name, '(none)') as project,
    coalesce(t.priority, '(none)') as priority, count(*) as open_ticket_count
from asked as d
inner join canonical.support_tickets as t
    on day_of(t.opened_at) <= d.day and (t.closed_at is null or day_of(t.closed_at) > d.day)
left join canonical.psa_projects as p on p.project_id = t.project_id
left join client_of as a on a.record = 'crm:' || t.account_id
left join client_of as c on c.record = 'psa:' || p.client_id
where t.deleted_at is null group by all;

-- metrics: ticket_resolution_hours
select
    day_of(t.closed_at) as metric_date, t.ticket_id || '|' || day_of(t.closed_at) as ticket_change,
    coalesce(engagement_of_project(t.project_id), '(none)') as engagement_id,
    coalesce(a.client_id, c.client_id, '(none)') as client_id, coalesce(p.name, '(none)') as project,
    coalesce(t.priority, '(none)') as priority,
    cast(round(cast(epoch(t.closed_at - t.opened_at) as decimal(18, 6)) / 3600, 2) as decimal(18, 2))
        as ticket_resolution_hours
from canonical.support_tickets as t
left join canonical.psa_projects as p on p.project_id = t.project_id
left join client_of as a on a.record = 'crm:' || t.account_id
left join client_of as c on c.record = 'psa:' || p.client_id
where t.deleted_at is null and t.closed_at is not null;
