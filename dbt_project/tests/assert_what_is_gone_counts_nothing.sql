-- A commitment that ended is taken back whole: of a deal that is won no more, or of a deleted project, nothing stands.
select 'sold' as fact, sold.deal_id as record, sum(sold.sold_native_amount) as native_amount
from {{ ref('fct_sold') }} as sold
inner join {{ ref('crm_deals') }} as deals on sold.deal_id = deals.deal_id
where deals.deleted_at is not null or not deals.is_won
group by sold.deal_id
having sum(sold.sold_native_amount) <> 0
union all
select 'planned' as fact, planned.project_id as record, sum(planned.planned_native_amount) as native_amount
from {{ ref('fct_planned') }} as planned
inner join {{ ref('psa_projects') }} as projects on planned.project_id = projects.project_id
where projects.deleted_at is not null
group by planned.project_id
having sum(planned.planned_native_amount) <> 0
