-- Which trial balance each line and posting is to be found in. One row per line or posting and day of a month that is told;
-- is_ours says whether it stands on our side of the comparison. While two ledgers tell a trial balance of one legal entity,
-- each is compared with its own records, those included that count in the other; else the one there is must hold what counts.
with placed as (
    select
        amounts.*, firsts.ledger as first_ledger, own.ledger is not null and not firsts.is_alone as is_in_own_ledger
    from {{ ref('int_ledger_amounts') }} as amounts
    inner join {{ ref('int_trial_balance_months') }} as firsts
        on amounts.legal_entity = firsts.legal_entity and amounts.month_end = firsts.month_end and firsts.is_first
    left join {{ ref('int_trial_balance_months') }} as own
        on amounts.legal_entity = own.legal_entity and amounts.month_end = own.month_end
        and amounts.source_system = own.ledger
)

select
    measure, source_object, source_system, source_id, record_url, legal_entity, account_code, currency, standing,
    case when is_in_own_ledger then source_system else first_ledger end as ledger,
    standing in ('counted', 'intercompany') or (standing = 'in another ledger too' and is_in_own_ledger) as is_ours,
    amount, day, month_end
from placed
