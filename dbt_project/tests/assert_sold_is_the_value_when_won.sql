-- Overwriting a deal never moves what was sold: each winning is worth the amount less tax that the CRM's history shows at that
-- moment - the last change by then; with only later changes, what the first of these replaced; without any, what it is now.
with told as (
    select wins.deal_id, wins.winning, wins.won_at, wins.value_native_amount, fields.field
    from {{ ref('int_deal_wins') }} as wins
    cross join (values ('amount'), ('tax_amount')) as fields (field)
),

history as (
    select deal_id, field, changed_at, try_cast(old_value as decimal(18, 4)) as old_amount,
        try_cast(new_value as decimal(18, 4)) as new_amount
    from {{ ref('crm_deal_history') }} where field in ('amount', 'tax_amount') and deleted_at is null
),

before as (
    select told.*, history.changed_at, history.new_amount
    from told
    asof left join history
        on told.deal_id = history.deal_id and told.field = history.field and told.won_at >= history.changed_at
),

parts as (
    select
        before.deal_id, before.winning, before.field, before.value_native_amount,
        case when before.changed_at is not null then before.new_amount else history.old_amount end as amount
    from before
    asof left join history
        on before.deal_id = history.deal_id and before.field = history.field and before.won_at < history.changed_at
),

winnings as (
    select
        deal_id, winning, any_value(value_native_amount) as value_native_amount,
        max(amount) filter (where field = 'amount') as amount, max(amount) filter (where field = 'tax_amount') as tax_amount
    from parts group by deal_id, winning
)

select winnings.deal_id, winnings.winning, winnings.value_native_amount, winnings.amount, winnings.tax_amount
from winnings
inner join {{ ref('crm_deals') }} as deals on winnings.deal_id = deals.deal_id
where winnings.value_native_amount <> coalesce(winnings.amount, deals.amount, 0) - coalesce(winnings.tax_amount, deals.tax_amount, 0)
