-- What is still to come, and how long things take from one system to the next.

-- metrics: revenue_forecast_amount
-- Billed up to the business day; after it, lines of the plan in effect, on the day they fall due.
with parts as (
    select day, engagement_id, revenue_type, direction * net_dollars as dollars
    from billed_days where day <= getvariable('business_day')
    union all
    select planned_date, engagement_id, revenue_type, dollars from plans
    where day <= getvariable('business_day') and getvariable('business_day') < next_day
        and planned_date > getvariable('business_day')
)
select day as metric_date, engagement_id, revenue_type, sum(dollars) as revenue_forecast_amount from parts group by all;

-- metrics: revenue_forecast_error
-- For each month that is over: what the plan in effect as the month began (at the end of the day before) expected of it,
-- less what was billed in it.
with parts as (
    select p.planned_date as day, p.engagement_id, p.revenue_type, p.dollars
    from plans as p
    where p.day < date_trunc('month', p.planned_date) and p.next_day >= date_trunc('month', p.planned_date)
        and last_day(p.planned_date) <= getvariable('business_day')
    union all
    select b.day, b.engagement_id, b.revenue_type, -b.direction * b.net_dollars
    from billed_days as b where last_day(b.day) <= getvariable('business_day')
)
select day as metric_date, engagement_id, revenue_type, sum(dollars) as revenue_forecast_error from parts group by all;

-- metrics: project_setup_days
-- Of original deals: a change order finds its project there.
with wins as (
    select engagement_of_deal(deal_id) as engagement_id, min(won_on) as won_on
    from winnings where not is_change_order group by all
),

projects as (
    select engagement_of_project(project_id) as engagement_id, min(day_of(created_at)) as created_on
    from canonical.psa_projects group by all
)
select
    greatest(w.won_on, p.created_on) as metric_date, 'setup of ' || w.engagement_id as setup, w.engagement_id,
    greatest(p.created_on - w.won_on, 0) <= (
        select sla_days from seeds.variance_drivers where driver = 'not_handed_over'
    ) as is_within_sla,
    greatest(p.created_on - w.won_on, 0) as project_setup_days
from wins as w inner join projects as p on p.engagement_id = w.engagement_id;

-- metrics: payment_visibility_days
-- Seen when the log says that it arrived, else at the load that first brought it; of what stood there at the first load of
-- its ledger nobody knows. Within the SLA: counted from the end of the day on which it was paid.
with arrivals as (
    select p.payment_id, min(e.finished_at) as seen_at
    from canonical.accounting_payments as p
    inner join canonical.sync_events as e
        on e.workflow = 'payment_feedback' and e.status = 'succeeded' and e.deleted_at is null
        and (e.source_id = p.payment_id or e.source_system_name = p.source_system and e.source_id = p.source_id)
    group by p.payment_id
),

first_loads as (
    select source_system, min(first_seen_at) as loaded_at from canonical.accounting_payments group by source_system
),

seen as (
    select
        p.*, v.seen_at is not null as is_from_log,
        coalesce(v.seen_at, case when p.first_seen_at > f.loaded_at then p.first_seen_at end) as seen_at
    from payments as p
    inner join first_loads as f on f.source_system = p.source_system
    left join arrivals as v on v.payment_id = p.payment_id
    where p.kind = 'payment'
)
select
    day_of(s.seen_at) as metric_date, s.payment_id as seen_payment, s.client_id, s.source_system as ledger, s.is_from_log,
    s.seen_at <= end_of(s.paid_on) + to_minutes(
        (select w.target_minutes from seeds.workflow_slas as w where w.workflow = 'payment_feedback')
    ) as is_within_sla,
    greatest(day_of(s.seen_at) - s.paid_on, 0) as payment_visibility_days
from seen as s where s.seen_at is not null;
