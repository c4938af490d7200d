-- What the plan would cost: hours of its lines at the average cost rate of the role when they fall due, and expenses; as dated
-- amounts, + when a version comes into effect, - when it is replaced. One row per budget line that has hours or is an expense,
-- version and day.
with rates as (
    select
        rates.resource_id, coalesce(resources.resource_role, '(none)') as role, rates.currency, rates.hourly_cost,
        rates.effective_from,
        coalesce(lead(rates.effective_from) over (partition by rates.resource_id order by rates.effective_from), {{ forever() }})
            as effective_to
    from {{ ref('psa_cost_rates') }} as rates
    left join {{ ref('dim_resources') }} as resources on rates.resource_id = resources.resource_id
    where rates.deleted_at is null
),

lines as (
    select * from {{ ref('int_plan_lines') }}
    where kind = 'expense' or planned_hours > 0
),

-- the sum and number of the rates of a role's people on each day that a line of it falls due
role_days as (
    select
        days.role, days.planned_date, count(*) as rate_count,
        sum(cast(round(cast(rates.hourly_cost as decimal(38, 4)) * fx.rate, 6) as decimal(38, 6))) as rate_sum
    from (select distinct role, planned_date from lines where kind <> 'expense') as days
    inner join rates
        on coalesce(days.role, rates.role) = rates.role
        and days.planned_date >= rates.effective_from and days.planned_date < rates.effective_to
    inner join {{ ref('int_fx_rates') }} as fx
        on rates.currency = fx.currency and days.planned_date >= fx.valid_from and days.planned_date < fx.valid_to
    group by days.role, days.planned_date
),

costed as (
    select
        lines.*,
        case
            when lines.kind = 'expense' then lines.amount
            else {{ cents(
                scaled('lines.planned_hours', 6) ~ ' * ' ~ scaled('role_days.rate_sum', 6), 'role_days.rate_count', 12
            ) }}
        end as cost_amount
    from lines
    left join role_days
        on case when lines.kind <> 'expense' then lines.planned_date end = role_days.planned_date
        and lines.role is not distinct from role_days.role
),

moves as (
    select *, 1 as direction, effective_from as metric_date from costed where cost_amount is not null
    union all
    select *, -1 as direction, effective_to as metric_date from costed
    where cost_amount is not null and effective_to < {{ forever() }}
)

select
    engagement_id, project_id, version, budget_line_id, kind, coalesce(role, '(any)') as role, revenue_type, source_system,
    record_url, cast(direction * amount as decimal(18, 2)) as costed_planned_amount,
    cast(direction * cost_amount as decimal(18, 2)) as planned_cost_amount, planned_date, metric_date
from moves
