-- How a closed month's revenue has changed is what its records add more or less, to the cent.
with months as (
    select month, closed_at, engagement_id, measure, difference_amount as amount from {{ ref('fct_restatements') }}
    where period = 'month'
    union all
    select month, closed_at, engagement_id, measure, -difference_amount as amount from {{ ref('fct_restatement_records') }}
)

select month, closed_at, engagement_id, measure, sum(amount) as unexplained_amount
from months
group by month, closed_at, engagement_id, measure
having sum(amount) <> 0
