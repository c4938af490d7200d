-- A driver that no line of variance_drivers.csv describes has no words, no owner and no class.
select items.bridge, items.driver, count(*) as items, sum(items.amount) as amount
from {{ ref('fct_variance_items') }} as items
left join {{ ref('variance_drivers') }} as drivers on items.bridge = drivers.bridge and items.driver = drivers.driver
where drivers.driver is null
group by items.bridge, items.driver
