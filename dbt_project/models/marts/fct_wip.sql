-- Approved work that waits for its invoice, while it does. One row per engagement, revenue type, approval day and run of days.
with work as (
    select
        source_system, case work_type when 'expense' then 'psa_expenses' else 'psa_time_entries' end as source_object,
        source_id, approved_on
    from {{ ref('int_work') }}
)

select
    items.engagement_id, items.revenue_type, cast(-sum(items.amount) as decimal(18, 2)) as amount,
    cast(count(*) as integer) as item_count, work.approved_on, items.effective_from, items.effective_to
from {{ ref('fct_variance_items') }} as items
inner join work
    on items.source_system = work.source_system
    and items.source_object = work.source_object
    and items.source_id = work.source_id
where items.bridge = 'planned_to_billed' and items.driver = 'approved_not_billed'
group by items.engagement_id, items.revenue_type, work.approved_on, items.effective_from, items.effective_to
order by items.effective_from, items.engagement_id
