-- Whether a deal is open, won or lost, as each day ends. One row per deal and run of days. What is won is closed, and stays so
-- when the win is undone, unless the CRM says that it is open again; what is closed and not won is lost.
with history as (
    select deal_id, field, changed_at, coalesce(lower(new_value) in ('true', '1'), false) as is_so
    from {{ ref('crm_deal_history') }}
    where field in ('is_closed', 'is_won') and deleted_at is null
),

told as (
    select deal_id, max(changed_at) as last_changed_at, arg_max(is_so, changed_at) as is_closed
    from history where field = 'is_closed' group by deal_id
),

wins as (
    select deal_id, won_at, won_date, lost_date from {{ ref('int_deal_wins') }}
),

closings as (
    select deal_id, created_at as happened_at, 0 as place, false as is_closed from {{ ref('crm_deals') }}
    union all
    select deal_id, changed_at, 1, is_so from history where field = 'is_closed'
    union all
    select deal_id, changed_at, 2, true from history where field = 'is_won' and is_so
    union all
    select deal_id, won_at, 2, true from wins
    union all
    -- closed now, and nothing tells since when: as its close date ends
    select
        deals.deal_id,
        greatest(coalesce({{ end_of_day('deals.close_date') }}, deals.created_at), coalesce(told.last_changed_at, deals.created_at)),
        3, true
    from {{ ref('crm_deals') }} as deals
    left join told on deals.deal_id = told.deal_id
    where deals.is_closed and not coalesce(told.is_closed, false)
        and not exists (select 1 from history where history.deal_id = deals.deal_id and history.field = 'is_won' and history.is_so)
        and not exists (select 1 from wins where wins.deal_id = deals.deal_id)
),

closed_days as (
    select deal_id, {{ business_date('happened_at') }} as day, arg_max(is_closed, row(happened_at, place)) as is_closed
    from closings group by deal_id, day
),

cuts as (
    select deal_id, day from closed_days
    union
    select deal_id, won_date from wins
    union
    select deal_id, lost_date from wins where lost_date < {{ forever() }}
),

states as (
    select
        cuts.deal_id, cuts.day,
        case when wins.deal_id is not null then 'won'
            when last_value(closed_days.is_closed ignore nulls) over (partition by cuts.deal_id order by cuts.day) then 'lost'
            else 'open' end as outcome
    from cuts
    left join closed_days on cuts.deal_id = closed_days.deal_id and cuts.day = closed_days.day
    left join wins on cuts.deal_id = wins.deal_id and cuts.day >= wins.won_date and cuts.day < wins.lost_date
),

turns as (
    select deal_id, day, outcome from states
    qualify outcome is distinct from lag(outcome) over (partition by deal_id order by day)
),

runs as (
    select
        turns.deal_id, turns.outcome, turns.day as effective_from,
        least(
            coalesce(lead(turns.day) over (partition by turns.deal_id order by turns.day), {{ forever() }}),
            coalesce({{ business_date('deals.deleted_at') }}, {{ forever() }})
        ) as effective_to
    from turns
    inner join {{ ref('crm_deals') }} as deals on turns.deal_id = deals.deal_id
)

select deal_id, outcome, effective_from, effective_to from runs where effective_from < effective_to
