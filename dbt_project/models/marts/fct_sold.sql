-- What was sold, as dated amounts: + on the day it was won, - on the day it was lost. One row per deal line, winning and day.
with sold as (
    select * from {{ ref('int_sold') }}
),

moves as (
    select *, 1 as direction, effective_from as metric_date from sold
    union all
    select *, -1 as direction, effective_to as metric_date from sold where effective_to < {{ forever() }}
)

select
    moves.engagement_id, moves.deal_id, coalesce(moves.deal_line_id, '') as deal_line_id,
    cast(moves.winning as integer) as winning, moves.change_order_number, moves.role, moves.revenue_type,
    moves.reason as correction_reason, deals.source_system, deals.source_id, deals.record_url,
    moves.currency as native_currency,
    cast(moves.direction * moves.native_amount as decimal(18, 4)) as sold_native_amount,
    cast(moves.direction * moves.amount as decimal(18, 2)) as sold_amount,
    cast(moves.direction * moves.hours as decimal(18, 6)) as sold_hours,
    cast(moves.direction as integer) as direction,
    moves.is_change_order, moves.is_missing_fx_rate, moves.metric_date
from moves
inner join {{ ref('crm_deals') }} as deals on moves.deal_id = deals.deal_id
