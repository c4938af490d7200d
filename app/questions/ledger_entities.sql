-- Whether our numbers are the ledger's, per legal entity and ledger currency, up to the day; what intercompany customers explain
-- is no difference. One row each.
select
    t.legal_entity, t.ledger_currency, t.compared_with, count(*) as compared_count,
    count(*) filter (where t.is_tied) as tied_count, count(*) filter (where not t.is_tied) as open_count,
    cast(coalesce(sum(abs(t.unexplained_amount)), 0) as decimal(18, 2)) as difference_amount,
    max(t.month_end) as last_month_end
from marts.fct_ledger_ties as t
where t.month_end <= cast($as_of as date)
group by t.legal_entity, t.ledger_currency, t.compared_with
order by t.legal_entity, t.ledger_currency, t.compared_with
