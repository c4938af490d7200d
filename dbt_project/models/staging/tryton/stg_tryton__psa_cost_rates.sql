select
    price.employee as resource_id, cast(price.cost_price as decimal(18, 4)) as hourly_cost, company.currency,
    price.date as effective_from, price.source_system, price.id as source_id, price.load_id, price.first_seen_at,
    price.deleted_at, cast(null as varchar) as record_url
from {{ tryton('company_employee_cost_price') }} as price
join {{ ref('stg_tryton__employees') }} as employee
    on price.source_system = employee.source_system and price.employee = employee.employee_id
left join {{ ref('stg_tryton__companies') }} as company
    on employee.source_system = company.source_system and employee.company_id = company.company_id
-- Tryton allows two prices on one day and takes the last
qualify row_number() over (
    partition by price.source_system, price.employee, price.date order by cast(price.id as bigint) desc
) = 1
