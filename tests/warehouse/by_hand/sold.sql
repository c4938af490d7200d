-- What was sold, and what sales works on.

-- metrics: sold_revenue original_sold_revenue signed_change_orders_amount
with moves as (
    select s.*, s.since as day, s.amount as dollars from sold_rows as s
    union all
    select s.*, s.until, -s.amount from sold_rows as s where s.until < never()
)
select
    day as metric_date, engagement_of_deal(deal_id) as engagement_id, revenue_type, coalesce(role, '(none)') as sold_role,
    sum(dollars) as sold_revenue,
    sum(case when is_change_order then 0 else dollars end) as original_sold_revenue,
    sum(case when is_change_order then dollars else 0 end) as signed_change_orders_amount
from moves group by all;

-- metrics: won_deal_count decided_deal_count
-- Original deals only. A decision leaves on the day on which it is undone, or the deal is deleted.
with moves as (
    select deal_id, day, outcome, 1 as direction from deal_outcomes where outcome in ('won', 'lost')
    union all
    select deal_id, next_day, outcome, -1 from deal_outcomes where outcome in ('won', 'lost') and next_day < never()
)
select
    m.day as metric_date, c.client_id, coalesce(d.legal_entity, '(none)') as legal_entity,
    coalesce(d.practice, '(none)') as practice, coalesce(d.contract_type, '(none)') as contract_type,
    coalesce(d.owner_name, '(none)') as deal_owner,
    sum(case when m.outcome = 'won' then m.direction else 0 end) as won_deal_count,
    sum(m.direction) as decided_deal_count
from moves as m
inner join canonical.crm_deals as d on d.deal_id = m.deal_id
left join client_of as c on c.record = 'crm:' || d.account_id
where d.change_order_number is null
group by all;

-- metrics: won_deal_amount
with moves as (
    select deal_id, since as day, amount from sold_rows where not is_change_order
    union all
    select deal_id, until, -amount from sold_rows where not is_change_order and until < never()
)
select
    m.day as metric_date, c.client_id, coalesce(d.legal_entity, '(none)') as legal_entity,
    coalesce(d.practice, '(none)') as practice, coalesce(d.contract_type, '(none)') as contract_type,
    coalesce(d.owner_name, '(none)') as deal_owner, sum(m.amount) as won_deal_amount
from moves as m
inner join canonical.crm_deals as d on d.deal_id = m.deal_id
left join client_of as c on c.record = 'crm:' || d.account_id
group by all;

-- metrics: sales_cycle_days
-- One row per deal: days from its creation to its first win.
with firsts as (
    select deal_id, min(won_on) as won_on from winnings where not is_change_order group by deal_id
)
select
    f.won_on as metric_date, d.deal_id || '|won|' || f.won_on as decision, c.client_id,
    coalesce(d.legal_entity, '(none)') as legal_entity, coalesce(d.practice, '(none)') as practice,
    coalesce(d.contract_type, '(none)') as contract_type, coalesce(d.owner_name, '(none)') as deal_owner,
    f.won_on - day_of(d.created_at) as sales_cycle_days
from firsts as f
inner join canonical.crm_deals as d on d.deal_id = f.deal_id
left join client_of as c on c.record = 'crm:' || d.account_id;

-- metrics: pipeline_amount weighted_pipeline_amount
-- As of each day asked: deals that stand open, at the amount and the probability that they had at the end of the day, at
-- the rate of the day since which they stand open so.
with facts as (
    select
        a.day, d.deal_id, d.currency,
        coalesce(cast(deal_value(d.deal_id, 'amount', end_of(a.day)) as decimal(18, 4)), d.amount) as amount,
        coalesce(cast(deal_value(d.deal_id, 'probability', end_of(a.day)) as decimal(9, 6)), d.probability, 0) as chance,
        greatest(o.day, (
            select max(day_of(c.changed_at)) from deal_changes as c
            where c.deal_id = d.deal_id and c.field in ('amount', 'probability') and c.changed_at <= end_of(a.day)
        )) as since
    from asked as a
    inner join deal_outcomes as o on o.outcome = 'open' and o.day <= a.day and a.day < o.next_day
    inner join canonical.crm_deals as d on d.deal_id = o.deal_id
)
select
    f.day as metric_date, c.client_id, d.name as deal, d.stage as deal_stage, 'service' as revenue_type,
    coalesce(d.legal_entity, '(none)') as legal_entity, coalesce(d.practice, '(none)') as practice,
    coalesce(d.contract_type, '(none)') as contract_type, '(none)' as project_manager, '(none)' as project_status,
    coalesce(d.owner_name, '(none)') as deal_owner,
    sum(dollars_at(f.amount, rate(f.currency, f.since))) as pipeline_amount,
    sum(coalesce(cast(round(cast(f.amount as decimal(38, 4)) * f.chance * rate(f.currency, f.since), 2)
        as decimal(18, 2)), 0)) as weighted_pipeline_amount
from facts as f
inner join canonical.crm_deals as d on d.deal_id = f.deal_id
left join client_of as c on c.record = 'crm:' || d.account_id
group by all;
