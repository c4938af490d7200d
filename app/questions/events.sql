-- What happened to an engagement up to a day. One row per event: deals, plan versions, time by month, documents, payments
-- and holds (until_day: the day a hold ended).
select 'Deals' as lane, s.metric_date as day, cast(null as date) as until_day,
    case when s.direction > 0 then 'Won' else 'Lost' end || case when s.is_change_order then ', change order ' || s.change_order_number else '' end as what,
    s.source_system, s.source_id, s.record_url, cast(sum(s.sold_amount) as decimal(18, 2)) as amount
from marts.fct_sold as s
where s.engagement_id = $engagement_id and s.metric_date <= cast($as_of as date)
group by s.metric_date, s.direction, s.is_change_order, s.change_order_number, s.source_system, s.source_id, s.record_url
union all
select 'Plan', p.metric_date, null, 'Version ' || max(p.version) || coalesce(', change order ' || max(p.change_order_number), ''),
    p.source_system, split_part(p.project_id, ':', 2), any_value(p.record_url), cast(sum(p.planned_amount) as decimal(18, 2))
from marts.fct_planned as p
where p.engagement_id = $engagement_id and p.metric_date <= cast($as_of as date)
group by p.metric_date, p.source_system, p.project_id
union all
select 'Time', date_trunc('month', t.metric_date)::date, null,
    round(sum(t.worked_hours), 1) || ' hours, ' || round(sum(t.billable_hours), 1) || ' billable', t.source_system,
    count(*) || ' entries', null, cast(sum(t.worked_amount) as decimal(18, 2))
from marts.fct_time_entries as t
where t.engagement_id = $engagement_id and t.metric_date <= cast($as_of as date)
group by date_trunc('month', t.metric_date), t.source_system
union all
select 'Invoices', b.metric_date, null, case when b.document_type = 'credit_note' then 'Credit note' else 'Invoice' end || coalesce(' ' || b.invoice_number, ''),
    b.source_system, split_part(b.invoice_id, ':', 2), any_value(b.record_url), cast(sum(b.billed_amount) as decimal(18, 2))
from marts.fct_billed as b
where b.engagement_id = $engagement_id and b.metric_date <= cast($as_of as date)
group by b.metric_date, b.document_type, b.invoice_number, b.source_system, b.invoice_id
union all
select 'Payments', c.metric_date, null, upper(c.payment_kind[1]) || replace(c.payment_kind[2:], '_', ' '), c.source_system, c.source_id, any_value(c.record_url), cast(sum(c.collected_amount) as decimal(18, 2))
from marts.fct_collected as c
where c.engagement_id = $engagement_id and c.metric_date <= cast($as_of as date)
group by c.metric_date, c.payment_kind, c.source_system, c.source_id
union all
select 'Holds', h.day, least(h.until_day, cast($as_of as date)), 'On hold', h.source_system, h.source_id, null, null
from (
    select
        p.project_id, p.source_system, p.source_id, p.new_value, cast(p.changed_at as date) as day,
        coalesce(cast(lead(p.changed_at) over (partition by p.project_id order by p.changed_at, p.new_value) as date), cast($as_of as date)) as until_day
    from canonical.psa_project_history as p
    inner join marts.engagement_members as m on m.member_type = 'project' and m.member_key = p.project_id
    where m.engagement_id = $engagement_id and p.field = 'status'
) as h
where h.new_value = 'on_hold' and h.day <= cast($as_of as date)
order by lane, day, source_id
