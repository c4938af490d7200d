-- Our billed and our recognised against the ledger's own trial balance, in the trial balance's currency. One row per ledger,
-- legal entity, revenue account, month and currency. Where the entity's ledger posts recognised revenue, that is what its
-- revenue accounts hold, and what must tie; else it is what was billed.
with ledgers as (
    select
        source_system as ledger, legal_entity, account_code, currency, month_end, sum(amount) as ledger_amount
    from {{ ref('int_trial_balances') }} group by source_system, legal_entity, account_code, currency, month_end
),

ours as (
    select
        ledger, legal_entity, account_code, currency, month_end,
        sum(case when measure = 'billed' and standing <> 'intercompany' then amount else 0 end) as billed_amount,
        sum(case when measure = 'recognized' and standing <> 'intercompany' then amount else 0 end) as recognized_amount,
        sum(case when measure = 'billed' and standing = 'intercompany' then amount else 0 end) as billed_between_amount,
        sum(case when measure = 'recognized' and standing = 'intercompany' then amount else 0 end) as recognized_between_amount
    from {{ ref('int_ledger_sides') }} where is_ours
    group by ledger, legal_entity, account_code, currency, month_end
),

compared as (
    select
        coalesce(ledgers.ledger, ours.ledger) as ledger,
        coalesce(ledgers.legal_entity, ours.legal_entity) as legal_entity,
        coalesce(ledgers.account_code, ours.account_code) as account_code,
        coalesce(ledgers.currency, ours.currency) as currency, coalesce(ledgers.month_end, ours.month_end) as month_end,
        coalesce(ledgers.ledger_amount, 0) as ledger_amount, coalesce(ours.billed_amount, 0) as billed_amount,
        coalesce(ours.recognized_amount, 0) as recognized_amount,
        coalesce(ours.billed_between_amount, 0) as billed_between_amount,
        coalesce(ours.recognized_between_amount, 0) as recognized_between_amount
    from ledgers
    full join ours
        on ledgers.ledger = ours.ledger and ledgers.legal_entity = ours.legal_entity
        and ledgers.account_code = ours.account_code and ledgers.currency = ours.currency
        and ledgers.month_end = ours.month_end
),

differences as (
    select
        compared.*, case when months.posts_revenue then 'recognized' else 'billed' end as compared_with,
        compared.ledger_amount
            - case when months.posts_revenue then compared.recognized_amount else compared.billed_amount end as difference_amount,
        case when months.posts_revenue then compared.recognized_between_amount else compared.billed_between_amount end
            as intercompany_amount
    from compared
    inner join {{ ref('int_trial_balance_months') }} as months
        on compared.ledger = months.ledger and compared.legal_entity = months.legal_entity
        and compared.month_end = months.month_end
),

-- what could be it: a record that does not count, one of just that amount, or one of just that amount a month away
suspects as (
    select
        differences.ledger, differences.legal_entity, differences.account_code, differences.currency, differences.month_end,
        sides.source_system || ' ' || sides.source_object || ' ' || sides.source_id || ' ('
            || cast(sides.amount as varchar) || ', '
            || case
                when sides.standing <> 'counted' then sides.standing
                when sides.month_end <> differences.month_end then 'counted on ' || cast(sides.day as varchar)
                else 'counted here' end || ')' as suspect,
        row_number() over (
            partition by differences.ledger, differences.legal_entity, differences.account_code, differences.currency,
                differences.month_end
            order by abs(sides.amount) <> abs(differences.difference_amount), sides.standing = 'counted',
                abs(sides.amount) desc, sides.source_system, sides.source_id
        ) as place
    from differences
    inner join {{ ref('int_ledger_sides') }} as sides
        on differences.legal_entity = sides.legal_entity and differences.account_code = sides.account_code
        and differences.currency = sides.currency
        and sides.day >= date_trunc('month', differences.month_end) - interval 1 month
        and sides.day < date_trunc('month', differences.month_end) + interval 2 month
    where differences.difference_amount <> 0 and sides.measure = differences.compared_with and (
        (sides.standing <> 'counted' and sides.month_end = differences.month_end)
        or abs(sides.amount) = abs(differences.difference_amount)
    )
),

listed as (
    select ledger, legal_entity, account_code, currency, month_end, string_agg(suspect, '; ' order by place) as possible_records
    from suspects where place <= 5
    group by ledger, legal_entity, account_code, currency, month_end
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
    cast(differences.intercompany_amount as decimal(18, 2)) as intercompany_amount,
    cast(differences.difference_amount - differences.intercompany_amount as decimal(18, 2)) as unexplained_amount,
    differences.difference_amount = differences.intercompany_amount as is_tied, cast(differences.month_end as date) as month_end
from differences
left join listed
    on differences.ledger = listed.ledger and differences.legal_entity = listed.legal_entity
    and differences.account_code = listed.account_code and differences.currency = listed.currency
    and differences.month_end = listed.month_end
