-- What is planned: the budget version in effect of each project that has left draft.

-- From when on a project is no draft; one that was cancelled as a draft never was anything else.
create temp table project_statuses as
with changes as (
    select
        h.project_id, h.changed_at, h.old_value, h.new_value,
        row_number() over (partition by h.project_id order by h.changed_at, h.new_value) as nth,
        count(*) over (partition by h.project_id) as many
    from canonical.psa_project_history as h where h.field = 'status' and h.deleted_at is null
),

told as (
    select
        p.project_id, date '0001-01-01' as day, 0 as nth,
        case when f.project_id is not null
            then coalesce(f.old_value, case when f.new_value = 'draft' then 'draft' else 'open' end)
            when p.status = 'draft' then 'draft' else 'open' end as status
    from canonical.psa_projects as p left join changes as f on f.project_id = p.project_id and f.nth = 1
    union all
    select project_id, day_of(changed_at), nth, new_value from changes
),

lasts as (
    select project_id, max(day) as day, max_by(status, nth) as status, max(nth) as nth from told group by project_id
)

select * from told
union all
-- what the project says now and its history does not tell
select p.project_id,
    greatest(
        case when p.status in ('closed', 'cancelled') then coalesce(p.end_date, day_of(p.created_at))
            else day_of(p.created_at) end,
        l.day
    ),
    l.nth + 1, p.status
from lasts as l inner join canonical.psa_projects as p on p.project_id = l.project_id
where p.status <> l.status;

-- the state at the end of each day on which it changes
create temp table status_days as
select project_id, day, max_by(status, nth) as status from project_statuses group by all;

create temp table started as
select project_id, min(day) as day from status_days where status not in ('draft', 'cancelled') group by project_id;

-- Which version is in effect, and with which lines: from each day on which that may change until the next.
create temp table plan_versions as
select
    v.project_id, v.version, v.effective_on,
    case when v.deleted_at is null or v.deleted_at >= p.deleted_at then never() else day_of(v.deleted_at) end as left_on
from canonical.psa_budget_versions as v inner join canonical.psa_projects as p on p.project_id = v.project_id;

create temp table plan_lines as
select
    l.*, p.currency,
    case when l.deleted_at is null or l.deleted_at >= p.deleted_at or l.deleted_at >= v.deleted_at then never()
        else day_of(l.deleted_at) end as left_on
from canonical.psa_budget_lines as l
inner join canonical.psa_projects as p on p.project_id = l.project_id
inner join canonical.psa_budget_versions as v on v.project_id = l.project_id and v.version = l.version;

create temp table plans as
with days as (
    select project_id, effective_on as day from plan_versions
    union
    select project_id, left_on from plan_versions
    union
    select project_id, left_on from plan_lines
    union
    select project_id, day from started
    union
    select project_id, day_of(deleted_at) from canonical.psa_projects
),

effects as (
    select d.project_id, d.day, max(v.version) as version
    from days as d
    inner join canonical.psa_projects as p on p.project_id = d.project_id
    inner join started as s on s.project_id = d.project_id and s.day <= d.day
    left join plan_versions as v on v.project_id = d.project_id and v.effective_on <= d.day and d.day < v.left_on
        and (p.deleted_at is null or d.day < day_of(p.deleted_at))
    where d.day < never()
    group by all
),

runs as (
    select
        *, lead(day, 1, never()) over (partition by project_id order by day) as next_day,
        min(day) over (partition by project_id, version) as first_day
    from effects
)

select
    r.project_id, r.day, r.next_day, r.version, r.first_day, l.budget_line_id, l.kind, l.role, l.planned_hours,
    l.planned_date, l.amount, l.currency, dollars_at(l.amount, rate(l.currency, r.first_day)) as dollars,
    engagement_of_project(r.project_id) as engagement_id,
    case when l.kind = 'expense' then 'pass_through' else 'service' end as revenue_type
from runs as r
inner join plan_lines as l on l.project_id = r.project_id and l.version = r.version and r.day < l.left_on;

-- The same as dated amounts; a line that stays leaves and comes on one day.
create temp table plan_moves as
select p.* exclude (day, next_day), p.day, 1 as direction from plans as p
union all
select p.* exclude (day, next_day), p.next_day, -1 from plans as p where p.next_day < never();
