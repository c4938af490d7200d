-- What is planned, as dated amounts: + when a budget version comes into effect, - when it is replaced. One row per budget
-- line, version and day.
with lines as (
    select * from {{ ref('int_plan_lines') }}
),

moves as (
    select *, 1 as direction, effective_from as metric_date from lines
    union all
    select *, -1 as direction, effective_to as metric_date from lines where effective_to < {{ forever() }}
)

select
    engagement_id, project_id, version, budget_line_id, kind, role, revenue_type, change_order_number, source_system,
    record_url, currency as native_currency,
    cast(direction * native_amount as decimal(18, 4)) as planned_native_amount,
    cast(direction * amount as decimal(18, 2)) as planned_amount,
    cast(case when kind = 'time' then direction * planned_hours end as decimal(18, 6)) as planned_hours,
    is_missing_fx_rate, planned_date, metric_date
from moves
