-- What was done to deals that only their winning may do. One row per breach of a rule about deals.
with losses as (
    select wins.deal_id, wins.winning, min(history.changed_at) as lost_at
    from {{ ref('int_deal_wins') }} as wins
    inner join {{ ref('crm_deal_history') }} as history on wins.deal_id = history.deal_id and history.changed_at > wins.won_at
    where history.field = 'is_won' and history.deleted_at is null and lower(history.new_value) not in ('true', '1')
    group by wins.deal_id, wins.winning
),

edits as (
    select
        deal_id, changed_at, case when field = 'close_date' then 'close_date' else 'amount' end as subject, field,
        old_value, new_value, changed_by,
        try_cast(old_value as decimal(18, 4)) as old_amount, try_cast(new_value as decimal(18, 4)) as new_amount
    from {{ ref('crm_deal_history') }}
    where deleted_at is null and field in ('amount', 'tax_amount', 'currency', 'close_date')
        and case
            when field in ('amount', 'tax_amount')
                then coalesce(try_cast(old_value as decimal(18, 4)), 0) <> coalesce(try_cast(new_value as decimal(18, 4)), 0)
            else coalesce(old_value, '') <> coalesce(new_value, '') end
),

-- a deal whose history does not tell when it was won was won at the end of its close date, which the edit itself may have moved
untold as (
    select deal_id from {{ ref('int_deal_wins') }}
    except
    select deal_id from {{ ref('crm_deal_history') }} where field = 'is_won' and deleted_at is null
),

overwrites as (
    select edits.*, wins.winning
    from edits
    inner join {{ ref('int_deal_wins') }} as wins on edits.deal_id = wins.deal_id
    left join losses on wins.deal_id = losses.deal_id and wins.winning = losses.winning
    left join untold on edits.deal_id = untold.deal_id
    where edits.changed_at < coalesce(losses.lost_at, timestamptz '9999-12-31')
        and case
            when untold.deal_id is not null and edits.field = 'close_date'
                then {{ end_of_day('try_cast(edits.old_value as date)') }} < edits.changed_at
            else edits.changed_at > wins.won_at end
),

-- mended: the last edit put back what the first one replaced, or an approved correction says the same
spans as (
    select
        deal_id, winning, field, arg_min(old_value, changed_at) as first_value, arg_max(new_value, changed_at) as last_value,
        arg_min(old_amount, changed_at) as first_amount, arg_max(new_amount, changed_at) as last_amount,
        max(changed_at) as last_changed_at
    from overwrites group by deal_id, winning, field
),

corrections as (
    select deal_id, sum(amount) as amount, max(corrected_on) as corrected_on
    from {{ ref('int_sold_corrections') }} group by deal_id
),

overwritten as (
    select
        overwrites.*,
        case
            when spans.first_amount = spans.last_amount
                or (spans.first_amount is null and spans.first_value = spans.last_value)
                then {{ business_date('spans.last_changed_at') }}
            when overwrites.field = 'amount' and corrections.amount = spans.last_amount - spans.first_amount
                then greatest(corrections.corrected_on, {{ business_date('spans.last_changed_at') }})
        end as resolved_on
    from overwrites
    inner join spans
        on overwrites.deal_id = spans.deal_id and overwrites.winning = spans.winning and overwrites.field = spans.field
    left join corrections on overwrites.deal_id = corrections.deal_id
),

breaches as (
    select
        case subject when 'close_date' then 'deal_close_date_changed_after_close' else 'deal_amount_changed_after_close' end
            as rule,
        deal_id, field, old_value as value_before, new_value as value_after, changed_by,
        case when field = 'amount' then new_amount - coalesce(old_amount, 0)
            when field = 'tax_amount' then coalesce(old_amount, 0) - new_amount end as native_amount,
        {{ business_date('changed_at') }} as happened_on, changed_at, resolved_on
    from overwritten
    union all
    select
        'deal_deleted_after_won' as rule, deals.deal_id, 'deleted_at' as field, deals.stage as value_before, null as value_after,
        null as changed_by, -(deals.amount - coalesce(deals.tax_amount, 0)) as native_amount,
        {{ business_date('deals.deleted_at') }} as happened_on, deals.deleted_at as changed_at, null as resolved_on
    from {{ ref('crm_deals') }} as deals
    where deals.deleted_at is not null and deals.is_won
    union all
    select
        'deal_incomplete_at_handover' as rule, handovers.deal_id, missing.field, null as value_before, null as value_after,
        handovers.owner_name as changed_by, handovers.native_amount, handovers.handed_over_on as happened_on,
        null as changed_at, null as resolved_on
    from {{ ref('int_handovers') }} as handovers
    cross join lateral (
        select 'contract_type' as field, handovers.lacks_contract_type as is_missing
        union all select 'legal_entity' as field, handovers.lacks_legal_entity as is_missing
        union all select 'tax_id' as field, handovers.lacks_tax_registration as is_missing
        union all select 'signed_on' as field, handovers.lacks_signature as is_missing
    ) as missing
    where missing.is_missing and handovers.handed_over_on is not null
)

select
    breaches.rule, members.engagement_id, clients.client_id, deals.source_system,
    case breaches.field when 'tax_id' then 'crm_accounts' else 'crm_deals' end as source_object,
    case breaches.field when 'tax_id' then accounts.source_id else deals.source_id end as source_id,
    case breaches.field when 'tax_id' then accounts.record_url else deals.record_url end as record_url,
    case breaches.field when 'tax_id' then breaches.field || ' for ' || deals.source_id else breaches.field end as field,
    breaches.value_before, breaches.value_after, breaches.changed_by,
    cast(breaches.native_amount as decimal(18, 4)) as native_amount, deals.currency, breaches.happened_on, breaches.changed_at,
    breaches.resolved_on
from breaches
inner join {{ ref('crm_deals') }} as deals on breaches.deal_id = deals.deal_id
left join {{ ref('crm_accounts') }} as accounts on deals.account_id = accounts.account_id
left join {{ ref('int_engagement_members') }} as members
    on members.member_type = 'deal' and breaches.deal_id = members.member_key
left join {{ ref('int_client_members') }} as clients on 'crm:' || deals.account_id = clients.member
