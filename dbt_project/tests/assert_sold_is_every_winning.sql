-- Parity: by deal, what is sold is what each winning was worth when won, plus approved corrections, and as many winnings as
-- there are.
with expected as (
    select deal_id, count(*) as winnings, sum(value_native_amount) as amount from {{ ref('int_deal_wins') }} group by deal_id
),

sold as (
    select deal_id, count(distinct winning) as winnings, sum(sold_native_amount) as amount
    from {{ ref('fct_sold') }} where direction = 1 and correction_reason is null group by deal_id
)

select coalesce(expected.deal_id, sold.deal_id) as deal_id, expected.winnings, sold.winnings as sold_winnings, expected.amount,
    sold.amount as sold_amount
from expected full join sold on expected.deal_id = sold.deal_id
where expected.winnings is distinct from sold.winnings or expected.amount is distinct from sold.amount
