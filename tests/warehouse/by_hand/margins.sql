-- What work is worth by the rate card, and sold hours that nobody will work.

-- metrics: standard_work_amount
-- The card in force on the work date that says most about the entry: its project's, else its client's, else its legal
-- entity's, else the general one. A card may name a client by any of its records. Without a card, the entry's own rate.
with cards as (
    select
        e.time_entry_id,
        max_by(c.rate, (c.project_id is not null, c.client_id is not null, c.legal_entity is not null, c.effective_from))
            as price
    from entries as e
    inner join canonical.psa_projects as p on p.project_id = e.project_id
    inner join canonical.accounting_rate_cards as c
        on c.role = e.worked_role and c.currency = p.currency and c.deleted_at is null
        and c.effective_from <= e.work_date and e.work_date <= coalesce(c.effective_to, never())
        and (c.project_id is null or c.project_id in (p.project_id, p.source_id))
        and (c.client_id is null or exists (
            select 1 from client_of as named
            where c.client_id in (named.record, split_part(named.record, ':', 3), substr(named.record, instr(named.record, ':') + 1))
                and named.client_id = (select k.client_id from client_of as k where k.record = 'psa:' || p.client_id)
        ))
        and (c.legal_entity is null or c.legal_entity = p.legal_entity)
    group by e.time_entry_id
)
select
    e.work_date as metric_date, e.engagement_id, 'service' as revenue_type,
    sum(hours_at(e.hours, coalesce(c.price, e.bill_rate), rate(e.currency, e.work_date))) as standard_work_amount
from entries as e left join cards as c on c.time_entry_id = e.time_entry_id
where e.is_billable group by all;

-- metrics: worked_to_date_amount
select
    a.day as metric_date, e.engagement_id, 'service' as revenue_type,
    sum(hours_at(e.hours, e.bill_rate, rate(e.currency, e.work_date))) as worked_to_date_amount
from asked as a inner join entries as e on e.work_date <= a.day where e.is_billable group by all;

-- metrics: unstaffed_sold_hours
-- As of each day asked, per engagement and role that deal lines sell by the hour: sold - worked so far - booked later.
with sold as (
    select a.day, engagement_of_deal(s.deal_id) as engagement_id, s.role, sum(s.hours) as hours
    from asked as a inner join sold_rows as s on s.since <= a.day and a.day < s.until
    where s.role is not null and s.hours is not null group by all
),

worked as (
    select a.day, e.engagement_id, e.worked_role as role, sum(e.hours) as hours
    from asked as a inner join entries as e on e.work_date <= a.day group by all
),

booked as (
    select
        d.day, engagement_of_project(a.project_id) as engagement_id, coalesce(a.role, r.role) as role,
        sum(cast(a.hours / 5 as decimal(18, 6))) as hours
    from canonical.psa_assignments as a
    left join canonical.psa_resources as r on r.resource_id = a.resource_id
    cross join (select unnest([0, 1, 2, 3, 4]) as day) as n
    inner join asked as d on a.week_start + n.day > d.day
    where a.deleted_at is null group by all
)
select
    s.day as metric_date, s.engagement_id, s.role,
    s.hours - coalesce(w.hours, 0) - coalesce(b.hours, 0) as unstaffed_sold_hours
from sold as s
left join worked as w on w.day = s.day and w.engagement_id = s.engagement_id and w.role = s.role
left join booked as b on b.day = s.day and b.engagement_id = s.engagement_id and b.role = s.role
where s.hours > coalesce(w.hours, 0) + coalesce(b.hours, 0);
