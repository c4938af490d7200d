-- When each deal was won, for how long, and what it was worth at that moment. One row per deal and winning.
-- Overwriting a won deal never moves what was sold: a value counts as it stood at the instant of the winning.
with changes as (
    select
        deal_id,
        changed_at,
        lower(new_value) in ('true', '1') as is_won,
        coalesce(lower(old_value) in ('true', '1'), false) as was_won,
        row_number() over (partition by deal_id order by changed_at, new_value) as nth,
        count(*) over (partition by deal_id) as number_of_changes
    from {{ ref('crm_deal_history') }}
    where field = 'is_won' and deleted_at is null
),

-- where only loads tell what changed (a change is dated by the load that showed it), a deal that was never seen open was won
-- on the close date that the first load showed: overwriting it later moves nothing
first_seen as (
    select deal_id, try_cast(arg_min(old_value, changed_at) as date) as close_date
    from {{ ref('crm_deal_history') }}
    where field = 'close_date' and deleted_at is null and first_seen_at = changed_at
    group by deal_id
),

-- a deal that its history finds won already was won before: at the end of the close date it had, else when it was created
states as (
    select deal_id, changed_at, is_won from changes
    union all
    select
        deals.deal_id,
        case
            when {{ end_of_day('coalesce(closings.close_date, deals.close_date)') }} < changes.changed_at
                then {{ end_of_day('coalesce(closings.close_date, deals.close_date)') }}
            else deals.created_at
        end as changed_at,
        true as is_won
    from changes
    inner join {{ ref('crm_deals') }} as deals on changes.deal_id = deals.deal_id
    left join (
        select changes.deal_id, try_cast(arg_min(history.old_value, history.changed_at) as date) as close_date
        from changes
        inner join {{ ref('crm_deal_history') }} as history
            on changes.deal_id = history.deal_id and changes.nth = 1 and history.changed_at >= changes.changed_at
        where history.field = 'close_date' and history.deleted_at is null
        group by changes.deal_id
    ) as closings on changes.deal_id = closings.deal_id
    where changes.nth = 1 and changes.was_won
    union all
    -- the CRM of today counts even where its history does not tell how it came about
    select
        deals.deal_id,
        greatest(coalesce({{ end_of_day('deals.close_date') }}, changes.changed_at), changes.changed_at) as changed_at,
        deals.is_won
    from changes
    inner join {{ ref('crm_deals') }} as deals on changes.deal_id = deals.deal_id and changes.is_won <> deals.is_won
    where changes.nth = changes.number_of_changes
    union all
    select
        deals.deal_id,
        coalesce({{ end_of_day('coalesce(first_seen.close_date, deals.close_date)') }}, deals.created_at) as changed_at,
        true as is_won
    from {{ ref('crm_deals') }} as deals
    left join first_seen on deals.deal_id = first_seen.deal_id
    where deals.is_won and not exists (select 1 from changes where changes.deal_id = deals.deal_id)
),

turns as (
    select deal_id, changed_at, is_won
    from states
    qualify is_won is distinct from lag(is_won) over (partition by deal_id order by changed_at, is_won)
),

winnings as (
    select
        turns.deal_id,
        turns.changed_at as won_at,
        {{ business_date('turns.changed_at') }} as won_date,
        least(
            coalesce(
                {{ business_date('lead(turns.changed_at) over (partition by turns.deal_id order by turns.changed_at)') }},
                {{ forever() }}
            ),
            coalesce({{ business_date('deals.deleted_at') }}, {{ forever() }})
        ) as lost_date,
        turns.is_won
    from turns
    inner join {{ ref('crm_deals') }} as deals on turns.deal_id = deals.deal_id
),

-- each field as it stood at the instant of the winning: the last change by then, else what the first later one replaced
fields as (
    select
        winnings.deal_id,
        winnings.won_at,
        history.field,
        coalesce(
            arg_max(history.new_value, history.changed_at) filter (where history.changed_at <= winnings.won_at),
            arg_min(history.old_value, history.changed_at) filter (where history.changed_at > winnings.won_at)
        ) as value_when_won
    from winnings
    inner join {{ ref('crm_deal_history') }} as history on winnings.deal_id = history.deal_id
    where winnings.is_won and history.deleted_at is null and history.field in ('amount', 'tax_amount', 'currency')
    group by winnings.deal_id, winnings.won_at, history.field
)

select
    winnings.deal_id,
    row_number() over (partition by winnings.deal_id order by winnings.won_at) as winning,
    coalesce(currencies.value_when_won, deals.currency) as currency,
    deals.change_order_number,
    coalesce(try_cast(amounts.value_when_won as decimal(18, 4)), deals.amount, 0)
        - coalesce(try_cast(taxes.value_when_won as decimal(18, 4)), deals.tax_amount, 0) as value_native_amount,
    winnings.won_date,
    winnings.lost_date,
    winnings.won_at
from winnings
inner join {{ ref('crm_deals') }} as deals on winnings.deal_id = deals.deal_id
left join fields as amounts
    on winnings.deal_id = amounts.deal_id and winnings.won_at = amounts.won_at and amounts.field = 'amount'
left join fields as taxes
    on winnings.deal_id = taxes.deal_id and winnings.won_at = taxes.won_at and taxes.field = 'tax_amount'
left join fields as currencies
    on winnings.deal_id = currencies.deal_id and winnings.won_at = currencies.won_at and currencies.field = 'currency'
where winnings.is_won and winnings.won_date < winnings.lost_date
