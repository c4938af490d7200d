-- The questions a bridge answers, as table macros of schema `semantic`. Run by warehouse/semantics.py on every build.
-- No name here holds a catalog, so that a snapshot opens under any; and every column is qualified, because a macro's
-- parameter that is named like a column would be that column.

-- The five revenues of every engagement as of a day. What nobody loaded is null, never 0.
create or replace macro semantic.revenue_as_of(as_of) as table
with opening as (
    select least(cast(date_trunc('month', cast(as_of as date)) as date), (select max(b.month) from marts.fct_revenue_balances as b)) as month
),
parts as (
    select b.engagement_id, b.sold_revenue, b.planned_revenue, b.billed_revenue, b.recognized_revenue, b.collected_cash
    from marts.fct_revenue_balances as b, opening as o where b.month = o.month
    union all
    select d.engagement_id, d.sold_revenue, d.planned_revenue, d.billed_revenue, d.recognized_revenue, d.collected_cash
    from marts.fct_revenue_deltas as d, opening as o
    where d.day <= cast(as_of as date) and d.day >= coalesce(o.month, date '0001-01-01')
),
told as (
    select
        bool_or(a.is_available) filter (where a.name = 'sold_revenue') as tells_sold_revenue,
        bool_or(a.is_available) filter (where a.name = 'planned_revenue') as tells_planned_revenue,
        bool_or(a.is_available) filter (where a.name = 'billed_revenue') as tells_billed_revenue,
        bool_or(a.is_available) filter (where a.name = 'recognized_revenue') as tells_recognized_revenue,
        bool_or(a.is_available) filter (where a.name = 'collected_cash') as tells_collected_cash
    from marts.dim_availability as a
)
select
    p.engagement_id,
    case when any_value(t.tells_sold_revenue) then cast(sum(p.sold_revenue) as decimal(18, 2)) end as sold_revenue,
    case when any_value(t.tells_planned_revenue) then cast(sum(p.planned_revenue) as decimal(18, 2)) end as planned_revenue,
    case when any_value(t.tells_billed_revenue) then cast(sum(p.billed_revenue) as decimal(18, 2)) end as billed_revenue,
    case when any_value(t.tells_recognized_revenue) then cast(sum(p.recognized_revenue) as decimal(18, 2)) end as recognized_revenue,
    case when any_value(t.tells_collected_cash) then cast(sum(p.collected_cash) as decimal(18, 2)) end as collected_cash
from parts as p, told as t
group by p.engagement_id;
comment on macro table semantic.revenue_as_of is 'Where the five revenues stand, by engagement. Parameter: as_of, a date. Columns: engagement_id, sold_revenue, planned_revenue, billed_revenue, recognized_revenue, collected_cash (reporting currency; null where no loaded system can tell).';

-- What a bridge leads from and to, per engagement, as of a day. Only ledgers that post revenue (take payments) take part in
-- the third (fourth).
create or replace macro semantic.bridge_ends(bridge, as_of) as table
with opening as (
    select least(cast(date_trunc('month', cast(as_of as date)) as date), (select max(b.month) from marts.fct_revenue_balances as b)) as month
),
parts as (
    select b.* exclude (month) from marts.fct_revenue_balances as b, opening as o where b.month = o.month
    union all by name
    select d.* exclude (day, revenue_type) from marts.fct_revenue_deltas as d, opening as o
    where d.day <= cast(as_of as date) and d.day >= coalesce(o.month, date '0001-01-01')
),
ends as (
    select
        p.engagement_id,
        sum(case bridge when 'sold_to_planned' then p.sold_revenue when 'planned_to_billed' then p.planned_revenue
            when 'billed_to_recognized' then p.posting_ledgers_billed_revenue
            when 'billed_to_collected' then p.paying_ledgers_billed_revenue end) as start_amount,
        sum(case bridge when 'sold_to_planned' then p.planned_revenue when 'planned_to_billed' then p.billed_revenue
            when 'billed_to_recognized' then p.recognized_revenue when 'billed_to_collected' then p.collected_cash end)
            as end_amount
    from parts as p group by p.engagement_id
)
select e.engagement_id, cast(e.start_amount as decimal(18, 2)) as start_amount, cast(e.end_amount as decimal(18, 2)) as end_amount
from ends as e
where exists (select 1 from marts.dim_availability as a where a.name = bridge and a.is_available);
comment on macro table semantic.bridge_ends is 'What a bridge leads from and to, by engagement. Parameters: bridge, as_of. Columns: engagement_id, start_amount, end_amount. In the third and fourth bridge only the ledgers take part that post revenue, or take payments.';

-- A bridge as of a day, per engagement: one row per engagement, driver and class. The class is decided on the net of the
-- engagement, driver, reason given or not, and past its expected time or not.
create or replace macro semantic.bridge_by_engagement(bridge, as_of) as table
with opening as (
    select least(cast(date_trunc('month', cast(as_of as date)) as date), (select max(b.month) from marts.fct_variance_balances as b)) as month
),
parts as (
    select b.engagement_id, b.driver, b.has_reason, b.is_overdue, b.amount, b.item_count
    from marts.fct_variance_balances as b, opening as o where b.month = o.month and b.bridge = bridge
    union all
    select d.engagement_id, d.driver, d.has_reason, d.is_overdue, d.amount, d.item_count
    from marts.fct_variance_deltas as d, opening as o
    where d.bridge = bridge and d.day <= cast(as_of as date) and d.day >= coalesce(o.month, date '0001-01-01')
),
nets as (
    select p.engagement_id, p.driver, p.has_reason, p.is_overdue, sum(p.amount) as amount, sum(p.item_count) as item_count
    from parts as p group by p.engagement_id, p.driver, p.has_reason, p.is_overdue
    having sum(p.amount) <> 0 or sum(p.item_count) <> 0
),
classed as (
    select
        n.engagement_id, n.driver, s.label, n.amount, n.item_count,
        case
            when n.has_reason and s.class_with_reason is not null then s.class_with_reason
            when s.class = 'needs_action' and (
                abs(n.amount) <= coalesce(s.tolerance_amount, 0)
                or abs(n.amount) <= coalesce(s.tolerance_share, 0) * abs(coalesce(e.start_amount, 0))
            ) then 'expected'
            when s.class = 'expected' and n.is_overdue then 'needs_action'
            else s.class
        end as class
    from nets as n
    inner join seeds.variance_drivers as s on s.bridge = bridge and s.driver = n.driver
    left join semantic.bridge_ends(bridge, as_of) as e on e.engagement_id = n.engagement_id
)
select
    c.engagement_id, c.driver, c.label, c.class, cast(sum(c.amount) as decimal(18, 2)) as amount,
    cast(sum(c.item_count) as bigint) as item_count
from classed as c
where exists (select 1 from marts.dim_availability as a where a.name = bridge and a.is_available)
group by c.engagement_id, c.driver, c.label, c.class;
comment on macro table semantic.bridge_by_engagement is 'A bridge as of a day, by engagement. Parameters: bridge (sold_to_planned, planned_to_billed, billed_to_recognized or billed_to_collected), as_of. Columns: engagement_id, driver, label, class (expected, needs_action, accepted_loss or missing_data), amount, item_count. The sum: end less start.';

-- A bridge of the firm as of a day: one row per driver and class. The same nets, classed and summed up while the warehouse was
-- built, so that it takes as long for many engagements as for few.
create or replace macro semantic.bridge(bridge, as_of) as table
select
    d.driver, s.label, d.class, cast(sum(d.amount) as decimal(18, 2)) as amount, cast(sum(d.item_count) as bigint) as item_count
from marts.fct_bridge_deltas as d
inner join seeds.variance_drivers as s on s.bridge = d.bridge and s.driver = d.driver
where d.bridge = bridge and d.day <= cast(as_of as date)
    and exists (select 1 from marts.dim_availability as a where a.name = bridge and a.is_available)
group by d.driver, s.label, d.class
having sum(d.amount) <> 0 or sum(d.item_count) <> 0;
comment on macro table semantic.bridge is 'A bridge as of a day, one row per driver and class. Parameters: bridge, as_of. Columns: driver, label, class, amount, item_count.';

-- How a bridge moved from one day to another, both included: the columns of `bridge`.
create or replace macro semantic.movement(bridge, from_date, to_date) as table
with moves as (
    select b.driver, b.label, b.class, b.amount, b.item_count from semantic.bridge(bridge, to_date) as b
    union all
    select b.driver, b.label, b.class, -b.amount, -b.item_count
    from semantic.bridge(bridge, cast(from_date as date) - 1) as b
)
select
    m.driver, m.label, m.class, cast(sum(m.amount) as decimal(18, 2)) as amount, cast(sum(m.item_count) as bigint) as item_count
from moves as m
group by m.driver, m.label, m.class
having sum(m.amount) <> 0 or sum(m.item_count) <> 0;
comment on macro table semantic.movement is 'How a bridge moved in a period. Parameters: bridge, from_date, to_date (both days included). Columns: driver, label, class, amount, item_count.';

-- Backlog in a period, per engagement: what was sold and not recognised as it opens, what came and went, and what remains;
-- and the same of what was sold and not billed. Null where no loaded system can tell.
create or replace macro semantic.backlog_roll_forward(from_date, to_date) as table
with engagements as (
    select a.engagement_id from semantic.revenue_as_of(to_date) as a
    union
    select a.engagement_id from semantic.revenue_as_of(cast(from_date as date) - 1) as a
),
flows as (
    select
        d.engagement_id, sum(d.sold_revenue) as sold_revenue, sum(d.billed_revenue) as billed_revenue,
        sum(d.recognized_revenue) as recognized_revenue
    from marts.fct_revenue_deltas as d
    where d.day >= cast(from_date as date) and d.day <= cast(to_date as date)
    group by d.engagement_id
),
told as (
    select
        bool_or(a.is_available) filter (where a.name = 'sold_revenue') as tells_sold_revenue,
        bool_or(a.is_available) filter (where a.name = 'billed_revenue') as tells_billed_revenue,
        bool_or(a.is_available) filter (where a.name = 'recognized_revenue') as tells_recognized_revenue
    from marts.dim_availability as a
),
sides as (
    select
        e.engagement_id,
        case when t.tells_sold_revenue then coalesce(o.sold_revenue, 0) end as opening_sold,
        case when t.tells_billed_revenue then coalesce(o.billed_revenue, 0) end as opening_billed,
        case when t.tells_recognized_revenue then coalesce(o.recognized_revenue, 0) end as opening_recognized,
        case when t.tells_sold_revenue then coalesce(f.sold_revenue, 0) end as sold_revenue,
        case when t.tells_billed_revenue then coalesce(f.billed_revenue, 0) end as billed_revenue,
        case when t.tells_recognized_revenue then coalesce(f.recognized_revenue, 0) end as recognized_revenue,
        case when t.tells_sold_revenue then coalesce(c.sold_revenue, 0) end as closing_sold,
        case when t.tells_billed_revenue then coalesce(c.billed_revenue, 0) end as closing_billed,
        case when t.tells_recognized_revenue then coalesce(c.recognized_revenue, 0) end as closing_recognized
    from engagements as e
    cross join told as t
    left join semantic.revenue_as_of(cast(from_date as date) - 1) as o on o.engagement_id = e.engagement_id
    left join flows as f on f.engagement_id = e.engagement_id
    left join semantic.revenue_as_of(to_date) as c on c.engagement_id = e.engagement_id
)
select
    s.engagement_id,
    cast(s.opening_sold - s.opening_recognized as decimal(18, 2)) as opening_backlog_amount,
    cast(s.sold_revenue as decimal(18, 2)) as sold_revenue,
    cast(s.recognized_revenue as decimal(18, 2)) as recognized_revenue,
    cast(s.closing_sold - s.closing_recognized as decimal(18, 2)) as closing_backlog_amount,
    cast(s.opening_sold - s.opening_billed as decimal(18, 2)) as opening_unbilled_backlog_amount,
    cast(s.billed_revenue as decimal(18, 2)) as billed_revenue,
    cast(s.closing_sold - s.closing_billed as decimal(18, 2)) as closing_unbilled_backlog_amount
from sides as s;
comment on macro table semantic.backlog_roll_forward is 'Backlog in a period, by engagement: opening + sold - recognised = closing, and the same with billed. Parameters: from_date, to_date (both days included). Columns: engagement_id, opening_backlog_amount, sold_revenue, recognized_revenue, closing_backlog_amount, opening_unbilled_backlog_amount, billed_revenue, closing_unbilled_backlog_amount (reporting currency; null where no loaded system can tell).';

-- How long approved work has waited for its invoice as of a day, per engagement and days since it was approved.
create or replace macro semantic.wip_ageing(as_of) as table
with waiting as (
    select
        w.engagement_id, w.amount, w.item_count,
        case when cast(as_of as date) - w.approved_on <= 30 then 1 when cast(as_of as date) - w.approved_on <= 60 then 2
            when cast(as_of as date) - w.approved_on <= 90 then 3 else 4 end as position
    from marts.fct_wip as w
    where w.effective_from <= cast(as_of as date) and (w.effective_to is null or w.effective_to > cast(as_of as date))
)
select
    w.engagement_id, w.position,
    ['0 to 30 days', '31 to 60 days', '61 to 90 days', 'over 90 days'][w.position] as age,
    cast(sum(w.amount) as decimal(18, 2)) as amount, cast(sum(w.item_count) as bigint) as item_count
from waiting as w
group by w.engagement_id, w.position;
comment on macro table semantic.wip_ageing is 'Approved work that is not billed, by engagement and days since its approval: its total is the driver approved_not_billed, turned positive. Parameter: as_of, a date. Columns: engagement_id, position (1 to 4), age (0 to 30 days, 31 to 60 days, 61 to 90 days, over 90 days), amount (reporting currency), item_count.';

-- How long invoices have been due as of a day, per engagement and days since their due date; what is disputed stands apart.
create or replace macro semantic.receivables_ageing(as_of) as table
with owed as (
    select
        r.engagement_id, r.invoice_id, r.amount,
        case when r.driver = 'not_due' then 1 when r.driver = 'disputed' then 6
            when cast(as_of as date) - r.due_on <= 30 then 2 when cast(as_of as date) - r.due_on <= 60 then 3
            when cast(as_of as date) - r.due_on <= 90 then 4 else 5 end as position
    from marts.fct_receivables as r
    where r.effective_from <= cast(as_of as date) and (r.effective_to is null or r.effective_to > cast(as_of as date))
)
select
    o.engagement_id, o.position,
    ['not due', '1 to 30 days', '31 to 60 days', '61 to 90 days', 'over 90 days', 'disputed'][o.position] as age,
    cast(sum(o.amount) as decimal(18, 2)) as amount, count(distinct o.invoice_id) as invoice_count
from owed as o
group by o.engagement_id, o.position;
comment on macro table semantic.receivables_ageing is 'What clients owe, by engagement and days since it was due: its total is the drivers not_due, overdue and disputed, turned positive. Parameter: as_of, a date. Columns: engagement_id, position (1 to 6), age (not due, 1 to 30 days, 31 to 60 days, 61 to 90 days, over 90 days, disputed), amount (reporting currency, tax included), invoice_count.';

-- The questions of a morning, as of a day: what can be invoiced, what is disputed, which projects go beyond their plan, what was
-- sold and has nobody to do it, what is on hold, and what becomes late within a week if nothing happens.
create or replace macro semantic.today(as_of) as table
with holds as (
    select h.engagement_id, h.hold_kind, h.record_name, h.source_system, h.source_id, h.record_url, h.effective_from
    from marts.fct_holds as h
    where h.effective_from <= cast(as_of as date) and (h.effective_to is null or h.effective_to > cast(as_of as date))
),
-- nobody can staff, or save, what has ended
in_hand as (
    select e.engagement_id from marts.dim_engagements as e where coalesce(e.project_status, '') not in ('closed', 'cancelled')
),
-- a project on hold keeps back what fell due meanwhile, a client on credit hold what could else be invoiced
kept_back as (
    select
        d.engagement_id, case d.driver when 'paused' then 'project' else 'client' end as hold_kind, -sum(d.amount) as amount
    from marts.fct_variance_deltas as d
    where d.bridge = 'planned_to_billed' and d.day <= cast(as_of as date)
        and d.driver in ('paused', 'approved_not_billed', 'milestone_not_billed', 'recurring_not_billed')
    group by d.engagement_id, case d.driver when 'paused' then 'project' else 'client' end
),
found as (
    select
        'invoiceable' as question, i.engagement_id, i.invoiceable_kind as detail, sum(i.invoiceable_amount) as amount,
        null as hours, null as since, null as source_system, null as source_id, null as record_url
    from marts.fct_invoiceable as i
    where i.metric_date <= cast(as_of as date)
    group by i.engagement_id, i.invoiceable_kind having sum(i.invoiceable_amount) <> 0
    union all
    select 'disputed', r.engagement_id, r.invoice_number, sum(r.amount), null, min(r.effective_from), r.source_system, r.source_id, r.record_url
    from marts.fct_receivables as r
    where r.driver = 'disputed' and r.effective_from <= cast(as_of as date)
        and (r.effective_to is null or r.effective_to > cast(as_of as date))
    group by r.engagement_id, r.invoice_number, r.source_system, r.source_id, r.record_url
    union all
    select
        'overrunning', e.engagement_id, e.project, null, sum(e.worked_hours + e.remaining_hours - e.planned_hours),
        null, null, null, null
    from marts.fct_effort as e
    inner join in_hand as n on n.engagement_id = e.engagement_id
    where e.metric_date <= cast(as_of as date)
    group by e.engagement_id, e.project having sum(e.worked_hours + e.remaining_hours - e.planned_hours) > 0
    union all
    select 'unstaffed', u.engagement_id, u.role, null, sum(u.unstaffed_hours), null, null, null, null
    from marts.fct_unstaffed as u
    inner join in_hand as n on n.engagement_id = u.engagement_id
    where u.metric_date <= cast(as_of as date)
    group by u.engagement_id, u.role having sum(u.unstaffed_hours) > 0
    union all
    select
        'on_hold', h.engagement_id, h.record_name,
        -- said once, however many of an engagement's records are on hold
        case when row_number() over (partition by h.engagement_id, h.hold_kind order by h.effective_from, h.source_id) = 1
            then k.amount end,
        null, h.effective_from, h.source_system, h.source_id, h.record_url
    from holds as h
    left join kept_back as k on k.engagement_id = h.engagement_id and k.hold_kind = h.hold_kind
    union all
    -- how much is open, whichever way it parts the two numbers: several bridges' signs are not netted
    select 'late_this_week', d.engagement_id, d.bridge || '.' || d.driver, abs(sum(d.amount)), null, min(d.day), null, null, null
    from marts.fct_variance_deltas as d
    inner join seeds.variance_drivers as s on s.bridge = d.bridge and s.driver = d.driver and s.class = 'expected'
    inner join marts.dim_availability as a on a.name = d.bridge and a.is_available
    where d.is_overdue and d.item_count > 0
        and d.day > cast(as_of as date) and d.day <= cast(as_of as date) + 7
    group by d.engagement_id, d.bridge, d.driver having sum(d.amount) <> 0
)
select
    f.question, f.engagement_id, f.detail, cast(f.amount as decimal(18, 2)) as amount, cast(f.hours as decimal(18, 2)) as hours,
    cast(f.since as date) as since, cast(f.source_system as varchar) as source_system, cast(f.source_id as varchar) as source_id,
    cast(f.record_url as varchar) as record_url
from found as f;
comment on macro table semantic.today is 'The questions of a morning: what can be invoiced, what is disputed, which projects go beyond their plan, what was sold and has nobody to do it, what is on hold, what becomes late within a week. Of what is not loaded it tells no rows, or what is known without it: semantic.metric_catalog says which metrics lack what. Parameter: as_of, a date. Columns: question (invoiceable, disputed, overrunning, unstaffed, on_hold or late_this_week), engagement_id, detail (what can be invoiced, the invoice, project, role, record on hold, or bridge and driver), amount (reporting currency), hours, since, source_system, source_id, record_url.';
