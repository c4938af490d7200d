-- What is planned, and what it would cost.

-- metrics: planned_revenue planned_hours
select
    day as metric_date, engagement_id, revenue_type, kind as planned_kind, coalesce(role, '(any)') as planned_role,
    cast(date_trunc('month', planned_date) as date) as planned_month,
    sum(direction * dollars) as planned_revenue,
    sum(case when kind = 'time' then direction * coalesce(planned_hours, 0) else 0 end) as planned_hours
from plan_moves group by all;

-- metrics: planned_cost_amount costed_planned_amount
-- Time lines with hours at the average cost of their role's people in force on the day the line falls due (everybody's, where
-- it names no role), divided once; expenses at their amount. Left out are lines whose cost nobody can tell: milestones,
-- recurring fees, roles without a cost rate.
with in_force as (
    select
        coalesce(r.role, '(none)') as role, c.hourly_cost, c.currency, c.effective_from,
        lead(c.effective_from, 1, never()) over (partition by c.resource_id order by c.effective_from) as until
    from canonical.psa_cost_rates as c left join canonical.psa_resources as r on r.resource_id = c.resource_id
    where c.deleted_at is null
),

lines as (
    select m.*, list(c.hourly_cost * rate(c.currency, m.planned_date)) filter (where rate(c.currency, m.planned_date) > 0)
        as prices
    from plan_moves as m
    left join in_force as c on m.kind = 'time' and c.role = coalesce(m.role, c.role)
        and m.planned_date >= c.effective_from and m.planned_date < c.until
    where m.kind = 'expense' or m.kind = 'time' and m.planned_hours > 0
    group by all
)
select
    day as metric_date, engagement_id, revenue_type,
    sum(direction * case when kind = 'expense' then dollars
        else cast(round(planned_hours * list_sum(prices) / len(prices), 2) as decimal(18, 2)) end) as planned_cost_amount,
    sum(direction * dollars) as costed_planned_amount
from lines where kind = 'expense' or len(prices) > 0
group by all;
