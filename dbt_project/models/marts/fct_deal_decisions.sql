-- Original deals won and lost, dated: + on the day of the decision, - on the day it was undone. One row per deal, outcome and
-- day. Change orders are left out.
with deals as (
    select deals.*, members.client_id
    from {{ ref('crm_deals') }} as deals
    left join {{ ref('int_client_members') }} as members on 'crm:' || deals.account_id = members.member
    where deals.change_order_number is null
),

wins as (
    select deal_id, winning, won_date, lost_date from {{ ref('int_deal_wins') }} where change_order_number is null
),

-- what a winning was worth, on each day on which that changed
values_won as (
    select deal_id, metric_date, sum(sold_amount) as won_amount from {{ ref('fct_sold') }}
    where not is_change_order group by deal_id, metric_date
),

lost as (
    select deal_id, effective_from, effective_to from {{ ref('int_deal_outcomes') }} where outcome = 'lost'
),

decisions as (
    select deal_id, 'won' as outcome, 1 as won_count, 0 as lost_count, winning = 1 as is_first_win, won_date as metric_date
    from wins
    union all
    select deal_id, 'won' as outcome, -1 as won_count, 0 as lost_count, false as is_first_win, lost_date as metric_date
    from wins where lost_date < {{ forever() }}
    union all
    select deal_id, 'lost' as outcome, 0 as won_count, 1 as lost_count, false as is_first_win, effective_from as metric_date
    from lost
    union all
    select deal_id, 'lost' as outcome, 0 as won_count, -1 as lost_count, false as is_first_win, effective_to as metric_date
    from lost where effective_to < {{ forever() }}
),

dated as (
    select deal_id, outcome, won_count, lost_count, is_first_win, 0 as won_amount, metric_date from decisions
    union all
    select deal_id, 'won' as outcome, 0, 0, false, won_amount, metric_date from values_won
)

select
    dated.deal_id, deals.client_id, deals.name as deal, dated.outcome, coalesce(deals.legal_entity, '(none)') as legal_entity,
    coalesce(deals.practice, '(none)') as practice, coalesce(deals.contract_type, '(none)') as contract_type,
    coalesce(deals.owner_name, '(none)') as deal_owner, deals.source_system, deals.source_id, deals.record_url,
    cast(sum(dated.won_count) as integer) as won_deal_count,
    cast(sum(dated.won_count + dated.lost_count) as integer) as decided_deal_count,
    cast(sum(dated.won_amount) as decimal(18, 2)) as won_deal_amount,
    cast(case when bool_or(dated.is_first_win) then dated.metric_date - {{ business_date('deals.created_at') }} end as integer)
        as sales_cycle_days,
    dated.metric_date
from dated
inner join deals on dated.deal_id = deals.deal_id
group by dated.deal_id, deals.client_id, deals.name, dated.outcome, deals.legal_entity, deals.practice, deals.contract_type,
    deals.owner_name, deals.source_system, deals.source_id, deals.record_url, deals.created_at, dated.metric_date
