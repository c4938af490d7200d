-- What was worked, could be worked, is booked, what it costs and what remains.

-- metrics: worked_hours billable_hours worked_amount
select
    work_date as metric_date, engagement_id, 'service' as revenue_type, resource_id,
    coalesce(worked_role, '(none)') as role, status as time_status, is_internal,
    sum(hours) as worked_hours,
    sum(case when is_billable then hours else 0 end) as billable_hours,
    sum(case when is_billable then hours_at(hours, bill_rate, rate(currency, work_date)) else 0 end) as worked_amount
from entries group by all;

-- metrics: capacity_hours
select d.day as metric_date, r.resource_id, sum(cast(r.weekly_capacity_hours / 5 as decimal(18, 6))) as capacity_hours
from canonical.psa_resources as r
inner join (select distinct on_date as day from rates) as d
    on d.day >= r.start_date and d.day <= coalesce(r.end_date, getvariable('business_day'))
where isodow(d.day) <= 5 and r.deleted_at is null and d.day <= getvariable('business_day')
group by all;

-- metrics: assigned_hours
select
    a.week_start + n.day as metric_date, engagement_of_project(a.project_id) as engagement_id, a.resource_id,
    coalesce(a.role, r.role, '(none)') as role,
    sum(cast(a.hours / 5 as decimal(18, 6))) as assigned_hours
from canonical.psa_assignments as a
cross join (select unnest([0, 1, 2, 3, 4]) as day) as n
left join canonical.psa_resources as r on r.resource_id = a.resource_id
where a.deleted_at is null group by all;

-- metrics: delivery_cost_amount
with costs as (
    select
        e.time_entry_id, max_by(c.hourly_cost, c.effective_from) as hourly_cost,
        max_by(c.currency, c.effective_from) as cost_currency
    from entries as e
    inner join canonical.psa_cost_rates as c on c.resource_id = e.resource_id and c.effective_from <= e.work_date
    where c.deleted_at is null group by e.time_entry_id
),

parts as (
    select
        e.work_date, e.engagement_id, 'service' as revenue_type, e.resource_id, 'time' as cost_kind,
        coalesce(e.worked_role, '(none)') as role,
        hours_at(e.hours, c.hourly_cost, rate(c.cost_currency, e.work_date)) as dollars
    from entries as e inner join costs as c on c.time_entry_id = e.time_entry_id
    union all
    select
        x.expense_date, engagement_of_project(x.project_id), 'pass_through', x.resource_id, 'expense', '(none)',
        dollars_at(x.amount, rate(x.currency, x.expense_date))
    from canonical.psa_expenses as x where x.deleted_at is null and x.status <> 'rejected'
)
select
    work_date as metric_date, engagement_id, revenue_type, resource_id, cost_kind, role,
    sum(dollars) as delivery_cost_amount
from parts group by all;

-- metrics: remaining_hours estimate_at_completion_hours forecast_overrun_hours
-- As of each day asked, of projects that had reported by then: the latest report, what was worked, what was planned.
with reports as (
    select a.day, g.project_id, max_by(g.remaining_hours, g.reported_on) as remaining
    from asked as a inner join canonical.psa_progress as g on g.reported_on <= a.day
    where g.deleted_at is null group by all
),

worked as (
    select a.day, e.project_id, sum(e.hours) as hours
    from asked as a inner join entries as e on e.work_date <= a.day group by all
),

planned as (
    select a.day, p.project_id, sum(p.planned_hours) as hours
    from asked as a inner join plans as p on p.day <= a.day and a.day < p.next_day
    where p.kind = 'time' group by all
)
select
    r.day as metric_date, engagement_of_project(r.project_id) as engagement_id, p.name as project,
    sum(coalesce(r.remaining, 0)) as remaining_hours,
    sum(coalesce(r.remaining, 0) + coalesce(w.hours, 0)) as estimate_at_completion_hours,
    sum(coalesce(r.remaining, 0) + coalesce(w.hours, 0) - coalesce(n.hours, 0)) as forecast_overrun_hours
from reports as r
inner join canonical.psa_projects as p on p.project_id = r.project_id
left join worked as w on w.day = r.day and w.project_id = r.project_id
left join planned as n on n.day = r.day and n.project_id = r.project_id
group by all;

-- metrics: believed_assigned_hours
-- As booked when the week began: the version known by the evening before. What the first load showed was always so. Only
-- raw.duckdb keeps versions, so this is the one answer that reads it.
with versions as (
    select
        'exports:' || v.source_id as assignment_id, v.week_start, v.hours, coalesce(day_of(v.valid_to), never()) as until,
        case when v.valid_from = (select min(w.valid_from) from raw.raw_exports.psa_assignments as w)
            then date '0001-01-01' else day_of(v.valid_from) end as since
    from raw.raw_exports.psa_assignments as v
)
select
    v.week_start + n.day as metric_date, a.resource_id, sum(cast(v.hours / 5 as decimal(18, 6))) as believed_assigned_hours
from versions as v
inner join canonical.psa_assignments as a on a.assignment_id = v.assignment_id
cross join (select unnest([0, 1, 2, 3, 4]) as day) as n
where v.since < v.week_start and v.week_start <= v.until
group by all;
