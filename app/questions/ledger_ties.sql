-- Our revenue and the ledger's, up to the day. One row per legal entity, account, currency and month; what does not tie
-- first, then the newest.
select
    t.legal_entity, t.account_code, t.ledger_currency, t.ledger, t.compared_with, t.month_end,
    case t.compared_with when 'billed' then t.billed_amount else t.recognized_amount end as our_amount,
    t.ledger_amount, t.difference_amount, t.possible_records, t.is_tied
from marts.fct_ledger_ties as t
where t.month_end <= cast($as_of as date)
order by t.is_tied, t.month_end desc, t.legal_entity, t.account_code
