-- Revenue accounts as the ledgers' trial balances tell them. One row per ledger, legal entity, account, month and currency.
select source_system, legal_entity, account_code, currency, last_day(month_end) as month_end, sum(amount) as amount
from {{ ref('accounting_trial_balance') }}
where account_type = 'revenue' and deleted_at is null
group by source_system, legal_entity, account_code, currency, last_day(month_end)
