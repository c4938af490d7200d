-- Open deals, as dated changes: + from the day a deal stands open with an amount and a probability, - when either changes, it
-- closes or is deleted. One row per deal and day. Each state is valued at the rate of its first day.
with deals as (
    select deals.*, members.client_id
    from {{ ref('crm_deals') }} as deals
    left join {{ ref('int_client_members') }} as members on 'crm:' || deals.account_id = members.member
),

open_runs as (
    select deal_id, effective_from, effective_to from {{ ref('int_deal_outcomes') }} where outcome = 'open'
),

all_changes as (
    select deal_id, field, old_value, new_value, {{ business_date('changed_at') }} as changed_on, changed_at
    from {{ ref('crm_deal_history') }}
    where field in ('amount', 'probability') and deleted_at is null
),

cuts as (
    select deal_id, effective_from as day, effective_to from open_runs
    union
    select all_changes.deal_id, all_changes.changed_on as day, open_runs.effective_to
    from all_changes
    inner join open_runs on all_changes.deal_id = open_runs.deal_id
        and all_changes.changed_on > open_runs.effective_from and all_changes.changed_on < open_runs.effective_to
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
        coalesce(lead(cuts.day) over (partition by cuts.deal_id, cuts.effective_to order by cuts.day), cuts.effective_to)
            as effective_to
    from cuts
    inner join deals on cuts.deal_id = deals.deal_id
    left join fields as amounts on cuts.deal_id = amounts.deal_id and cuts.day = amounts.day and amounts.field = 'amount'
    left join fields as chances on cuts.deal_id = chances.deal_id and cuts.day = chances.day and chances.field = 'probability'
),

valued as (
    select
        states.*, coalesce({{ converted('states.open_native_amount', 'rates.rate') }}, 0) as amount_then,
        coalesce({{ worth('states.open_native_amount', 'states.open_probability', 'rates.rate') }}, 0) as weighted_amount_then,
        rates.rate is null as is_missing_fx_rate
    from states
    left join {{ ref('int_fx_rates') }} as rates
        on states.currency = rates.currency and states.day >= rates.valid_from and states.day < rates.valid_to
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
    cast(sum(direction * weighted_amount_then) as decimal(18, 2)) as weighted_pipeline_amount,
    bool_or(is_missing_fx_rate) as is_missing_fx_rate, metric_date
from moves
group by deal_id, client_id, name, stage, legal_entity, practice, contract_type, owner_name, source_system, source_id,
    record_url, currency, metric_date
