-- What could be invoiced today: approved work, milestones reached and recurring fees due, of clients that are not on credit hold
-- now; as dated changes. One row per engagement, revenue type, kind and day.
with held_clients as (
    select distinct members.client_id
    from {{ ref('accounting_customers') }} as customers
    inner join {{ ref('int_client_members') }} as members on 'accounting:' || customers.customer_id = members.member
    where customers.is_on_credit_hold and customers.deleted_at is null
)

select
    deltas.engagement_id, deltas.revenue_type, deltas.driver as invoiceable_kind,
    cast(-sum(deltas.amount) as decimal(18, 2)) as invoiceable_amount, deltas.day as metric_date
from {{ ref('fct_variance_deltas') }} as deltas
inner join {{ ref('dim_engagements') }} as engagements on deltas.engagement_id = engagements.engagement_id
where deltas.bridge = 'planned_to_billed'
    and deltas.driver in ('approved_not_billed', 'milestone_not_billed', 'recurring_not_billed')
    and not exists (select 1 from held_clients where held_clients.client_id = engagements.client_id)
group by deltas.engagement_id, deltas.revenue_type, deltas.driver, deltas.day
having sum(deltas.amount) <> 0
