-- What we hold for the revenue accounts that a trial balance covers, in the currency of that trial balance: as the ledger
-- booked it, else as it is, else at the day's rate. One row per line or posting and day.
with accounts as (
    select legal_entity, account_code, currency from {{ ref('accounting_trial_balance') }}
    where account_type = 'revenue' and deleted_at is null
    group by legal_entity, account_code, currency
),

first_currencies as (
    select legal_entity, account_code, min(currency) as currency from accounts group by legal_entity, account_code
),

placed as (
    select
        records.*, coalesce(booked.currency, own.currency, firsts.currency) as ledger_currency,
        booked.currency is not null as is_booked
    from {{ ref('int_ledger_records') }} as records
    inner join first_currencies as firsts
        on records.legal_entity = firsts.legal_entity and records.account_code = firsts.account_code
    left join accounts as booked
        on records.legal_entity = booked.legal_entity and records.account_code = booked.account_code
        and case when records.booked_amount is not null then records.booked_currency end = booked.currency
    left join accounts as own
        on records.legal_entity = own.legal_entity and records.account_code = own.account_code
        and records.currency = own.currency
)

select
    placed.measure, placed.source_object, placed.source_system, placed.source_id, placed.record_url, placed.legal_entity,
    placed.account_code, placed.ledger_currency as currency, placed.standing, placed.day, last_day(placed.day) as month_end,
    cast(case
        when placed.is_booked then placed.booked_amount
        when placed.ledger_currency = placed.currency then placed.native_amount
        when theirs.rate is null or own.rate is null then 0
        else {{ cents(
            scaled('placed.native_amount', 4) ~ ' * ' ~ scaled('own.rate', 10), scaled('theirs.rate', 10), 4
        ) }}
    end as decimal(18, 2)) as amount
from placed
left join {{ ref('int_fx_rates') }} as own
    on case when placed.ledger_currency <> placed.currency and not placed.is_booked then placed.currency end = own.currency
    and placed.day >= own.valid_from and placed.day < own.valid_to
left join {{ ref('int_fx_rates') }} as theirs
    on case when placed.ledger_currency <> placed.currency and not placed.is_booked
        then placed.ledger_currency end = theirs.currency
    and placed.day >= theirs.valid_from and placed.day < theirs.valid_to
