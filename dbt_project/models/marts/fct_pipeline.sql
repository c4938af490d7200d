-- Open deals, as dated changes: + from the day a deal stands open with an amount and a probability, - when either changes, it
-- closes or is deleted. One row per deal and day. Each state is valued at the rate of its first day.
with deals as (
    select deals.*, members.client_id, {{ business_date('deals.created_at') }} as created_on
    from {{ ref('crm_deals') }} as deals
    left join {{ ref('int_client_members') }} as members on 'crm:' || deals.account_id = members.member
),

changes as (
    select deal_id, field, old_value, new_value, {{ business_date('changed_at') }} as changed_on, changed_at
    from {{ ref('crm_deal_history') }}
    where field in ('amount', 'probability', 'is_closed') and deleted_at is null
),

-- where the CRM tells no history of a closing, a closed deal closed on its close date
closings as (
    select deal_id, 'is_closed' as field, 'false' as old_value, 'true' as new_value, coalesce(close_date, created_on) as changed_on,
        {{ end_of_day('coalesce(close_date, created_on)') }} as changed_at
    from deals
    where is_closed and not exists (
        select 1 from changes where changes.deal_id = deals.deal_id and changes.field = 'is_closed'
    )
),

all_changes as (
    select * from changes
    union all
    select * from closings
),

cuts as (
    select deal_id, created_on as day from deals
    union
    select deal_id, changed_on as day from all_changes
),

-- each field as a day ended: the last change by then, else what the first later one replaced, else as it is now
fields as (
    select
        cuts.deal_id, cuts.day, all_changes.field,
        coalesce(
            arg_max(all_changes.new_value, all_changes.changed_at) filter (where all_changes.changed_on <= cuts.day),
            arg_min(all_changes.old_value, all_changes.changed_at) filter (where all_changes.changed_on > cuts.day)
        ) as value_then
    from cuts
    inner join all_changes on cuts.deal_id = all_changes.deal_id
    group by cuts.deal_id, cuts.day, all_changes.field
),

states as (
    select
        deals.*, cuts.day,
        coalesce(try_cast(amounts.value_then as decimal(18, 4)), deals.amount, 0) as open_native_amount,
        coalesce(try_cast(chances.value_then as decimal(9, 6)), deals.probability, 0) as open_probability,
        coalesce(lower(closed.value_then) in ('true', '1'), deals.is_closed) as was_closed,
        least(
            coalesce(lead(cuts.day) over (partition by cuts.deal_id order by cuts.day), {{ forever() }}),
            coalesce({{ business_date('deals.deleted_at') }}, {{ forever() }})
        ) as effective_to
    from cuts
    inner join deals on cuts.deal_id = deals.deal_id
    left join fields as amounts on cuts.deal_id = amounts.deal_id and cuts.day = amounts.day and amounts.field = 'amount'
    left join fields as chances on cuts.deal_id = chances.deal_id and cuts.day = chances.day and chances.field = 'probability'
    left join fields as closed on cuts.deal_id = closed.deal_id and cuts.day = closed.day and closed.field = 'is_closed'
),

valued as (
    select
        states.*, coalesce({{ converted('states.open_native_amount', 'rates.rate') }}, 0) as amount_then,
        rates.rate is null as is_missing_fx_rate
    from states
    left join {{ ref('int_fx_rates') }} as rates
        on states.currency = rates.currency and states.day >= rates.valid_from and states.day < rates.valid_to
    where not states.was_closed and states.day < states.effective_to
),

moves as (
    select *, 1 as direction, day as metric_date from valued
    union all
    select *, -1 as direction, effective_to as metric_date from valued where effective_to < {{ forever() }}
)

select
    deal_id, client_id, name as deal, stage as deal_stage, coalesce(legal_entity, '(none)') as legal_entity,
    coalesce(practice, '(none)') as practice, coalesce(contract_type, '(none)') as contract_type,
    '(none)' as project_manager, '(none)' as project_status, coalesce(owner_name, '(none)') as deal_owner,
    'service' as revenue_type, source_system, source_id, record_url, currency as native_currency,
    cast(sum(direction * amount_then) as decimal(18, 2)) as pipeline_amount,
    cast(sum(direction * round(amount_then * open_probability, 2)) as decimal(18, 2)) as weighted_pipeline_amount,
    bool_or(is_missing_fx_rate) as is_missing_fx_rate, metric_date
from moves
group by deal_id, client_id, name, stage, legal_entity, practice, contract_type, owner_name, source_system, source_id,
    record_url, currency, metric_date
