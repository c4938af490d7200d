-- Our billed and our recognised against the ledger's own trial balance, in the trial balance's currency. One row per legal
-- entity, revenue account, month and currency. Where the entity's ledger posts recognised revenue, that is what its revenue
-- accounts hold, and what must tie; else it is what was billed.
with ledgers as (
    select
        legal_entity, account_code, currency, last_day(month_end) as month_end, sum(amount) as ledger_amount,
        string_agg(distinct source_system, ', ' order by source_system) as ledger
    from {{ ref('accounting_trial_balance') }}
    where account_type = 'revenue' and deleted_at is null
    group by legal_entity, account_code, currency, last_day(month_end)
),

-- months that the trial balance of an entity tells at all: before and after, nothing can be compared
told_months as (
    select legal_entity, min(last_day(month_end)) as first_month, max(last_day(month_end)) as last_month
    from {{ ref('accounting_trial_balance') }} where deleted_at is null group by legal_entity
),

ours as (
    select
        amounts.legal_entity, amounts.account_code, amounts.currency, amounts.month_end,
        sum(case amounts.measure when 'billed' then amounts.amount else 0 end) as billed_amount,
        sum(case amounts.measure when 'recognized' then amounts.amount else 0 end) as recognized_amount
    from {{ ref('int_ledger_amounts') }} as amounts
    inner join told_months
        on amounts.legal_entity = told_months.legal_entity and amounts.month_end >= told_months.first_month
        and amounts.month_end <= told_months.last_month
    where amounts.standing = 'counted'
    group by amounts.legal_entity, amounts.account_code, amounts.currency, amounts.month_end
),

posting_entities as (
    select distinct legal_entity from {{ ref('accounting_revenue_postings') }} where deleted_at is null
),

compared as (
    select
        coalesce(ledgers.legal_entity, ours.legal_entity) as legal_entity,
        coalesce(ledgers.account_code, ours.account_code) as account_code,
        coalesce(ledgers.currency, ours.currency) as currency, coalesce(ledgers.month_end, ours.month_end) as month_end,
        ledgers.ledger, coalesce(ledgers.ledger_amount, 0) as ledger_amount, coalesce(ours.billed_amount, 0) as billed_amount,
        coalesce(ours.recognized_amount, 0) as recognized_amount
    from ledgers
    full join ours
        on ledgers.legal_entity = ours.legal_entity and ledgers.account_code = ours.account_code
        and ledgers.currency = ours.currency and ledgers.month_end = ours.month_end
),

differences as (
    select
        compared.*,
        case when posting_entities.legal_entity is null then 'billed' else 'recognized' end as compared_with,
        compared.ledger_amount
            - case when posting_entities.legal_entity is null then compared.billed_amount else compared.recognized_amount end
            as difference_amount
    from compared left join posting_entities on compared.legal_entity = posting_entities.legal_entity
),

-- what could be it: a record that counts not, one of just that amount, or one of just that amount a month away
suspects as (
    select
        differences.legal_entity, differences.account_code, differences.currency, differences.month_end,
        amounts.source_system || ' ' || amounts.source_object || ' ' || amounts.source_id || ' ('
            || cast(amounts.amount as varchar) || ', '
            || case
                when amounts.standing <> 'counted' then amounts.standing
                when amounts.month_end <> differences.month_end then 'counted on ' || cast(amounts.day as varchar)
                else 'counted here' end || ')' as suspect,
        row_number() over (
            partition by differences.legal_entity, differences.account_code, differences.currency, differences.month_end
            order by abs(amounts.amount) <> abs(differences.difference_amount), amounts.standing = 'counted',
                abs(amounts.amount) desc, amounts.source_id
        ) as place
    from differences
    inner join {{ ref('int_ledger_amounts') }} as amounts
        on differences.legal_entity = amounts.legal_entity and differences.account_code = amounts.account_code
        and differences.currency = amounts.currency
        and amounts.day >= date_trunc('month', differences.month_end) - interval 1 month
        and amounts.day < date_trunc('month', differences.month_end) + interval 2 month
    where differences.difference_amount <> 0 and amounts.measure = differences.compared_with and (
        (amounts.standing <> 'counted' and amounts.month_end = differences.month_end)
        or abs(amounts.amount) = abs(differences.difference_amount)
    )
),

listed as (
    select legal_entity, account_code, currency, month_end, string_agg(suspect, '; ' order by place) as possible_records
    from suspects where place <= 5
    group by legal_entity, account_code, currency, month_end
)

select
    differences.legal_entity, differences.account_code, differences.currency as ledger_currency, differences.ledger,
    differences.compared_with,
    case
        when differences.difference_amount = 0 then null
        else coalesce(listed.possible_records, 'No record of ours has this amount: look in the ledger for a journal of '
            || cast(cast(differences.difference_amount as decimal(18, 2)) as varchar) || ' ' || differences.currency)
    end as possible_records,
    cast(differences.ledger_amount as decimal(18, 2)) as ledger_amount,
    cast(differences.billed_amount as decimal(18, 2)) as billed_amount,
    cast(differences.recognized_amount as decimal(18, 2)) as recognized_amount,
    cast(differences.ledger_amount - differences.billed_amount as decimal(18, 2)) as billed_difference_amount,
    cast(differences.ledger_amount - differences.recognized_amount as decimal(18, 2)) as recognized_difference_amount,
    cast(differences.difference_amount as decimal(18, 2)) as difference_amount,
    differences.difference_amount = 0 as is_tied, cast(differences.month_end as date) as month_end
from differences
left join listed
    on differences.legal_entity = listed.legal_entity and differences.account_code = listed.account_code
    and differences.currency = listed.currency and differences.month_end = listed.month_end
