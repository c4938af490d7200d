-- Requests for help, as dated changes: + on the day opened, - on the day closed. One row per ticket and day.
with tickets as (
    select
        tickets.*, members.engagement_id, projects.name as project,
        coalesce(project_clients.client_id, account_clients.client_id) as client_id,
        {{ business_date('tickets.opened_at') }} as opened_on, {{ business_date('tickets.closed_at') }} as closed_on
    from {{ ref('support_tickets') }} as tickets
    left join {{ ref('psa_projects') }} as projects on tickets.project_id = projects.project_id
    left join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and tickets.project_id = members.member_key
    left join {{ ref('int_client_members') }} as account_clients on 'crm:' || tickets.account_id = account_clients.member
    left join {{ ref('int_client_members') }} as project_clients on 'psa:' || projects.client_id = project_clients.member
    where tickets.deleted_at is null
),

moves as (
    select *, 1 as opened, 1 as open_change, opened_on as metric_date from tickets
    union all
    select *, 0 as opened, -1 as open_change, closed_on as metric_date from tickets where closed_on is not null
)

select
    ticket_id, coalesce(engagement_id, '(none)') as engagement_id, coalesce(client_id, '(none)') as client_id,
    coalesce(project, '(none)') as project, status as ticket_status, coalesce(priority, '(none)') as priority, source_system,
    source_id, record_url, cast(sum(opened) as integer) as opened_count, cast(sum(open_change) as integer) as open_change_count,
    cast(case when sum(open_change) < sum(opened) then {{ dbt.datediff('opened_at', 'closed_at', 'minute') }} / 60.0 end
        as decimal(18, 2)) as resolution_hours,
    metric_date
from moves
group by ticket_id, engagement_id, client_id, project, status, priority, source_system, source_id, record_url, opened_at,
    closed_at, metric_date
