-- Every item stands somewhere: it has a bridge, a driver, an engagement and a day, and its driver a class that means something.
select items.bridge, items.driver, items.engagement_id, items.source_object, items.source_id, drivers.class
from {{ ref('fct_variance_items') }} as items
left join {{ ref('variance_drivers') }} as drivers on items.bridge = drivers.bridge and items.driver = drivers.driver
left join {{ ref('dim_engagements') }} as engagements on items.engagement_id = engagements.engagement_id
where items.bridge is null or items.driver is null or items.effective_from is null or items.amount is null
    or engagements.engagement_id is null
    or coalesce(drivers.class, '') not in ('expected', 'needs_action', 'missing_data', 'accepted_loss')
    or coalesce(drivers.class_with_reason, 'expected') not in ('expected', 'needs_action', 'missing_data', 'accepted_loss')
