-- Two ledgers that ran side by side. One row per pair, legal entity, account, currency and month, up to the day.
select
    p.one_system, p.other_system, p.legal_entity, p.account_code, p.native_currency, p.month_end,
    p.in_both_count, p.in_both_one_native_amount, p.differing_count, p.differing_one_native_amount,
    p.differing_other_native_amount, p.only_one_count, p.only_one_native_amount, p.only_other_count,
    p.only_other_native_amount
from marts.fct_parallel_run as p
where p.month_end <= cast($as_of as date)
order by p.month_end desc, p.legal_entity, p.account_code
