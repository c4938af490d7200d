-- The ledgers' own totals: movement of each account and month, credit positive. One row per legal entity, account, type and
-- month.
select
    balances.legal_entity as booking_legal_entity, balances.account_code, balances.account_type, balances.source_system,
    balances.source_id, balances.record_url, balances.currency as native_currency,
    cast(balances.amount as decimal(18, 4)) as native_amount,
    coalesce({{ converted('balances.amount', 'rates.rate') }}, 0) as movement_amount,
    rates.rate is null as is_missing_fx_rate, balances.month_end as metric_date
from {{ ref('accounting_trial_balance') }} as balances
left join {{ ref('int_fx_rates') }} as rates
    on balances.currency = rates.currency and balances.month_end >= rates.valid_from and balances.month_end < rates.valid_to
where balances.deleted_at is null
