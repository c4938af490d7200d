with employees as (
    select employee.*, company.name as legal_entity
    from {{ ref('stg_tryton__employees') }} as employee
    left join {{ ref('stg_tryton__companies') }} as company
        on employee.source_system = company.source_system and employee.company_id = company.company_id
)

select
    employee_id as resource_id, coalesce(name, employee_id) as name, cast(null as varchar) as role,
    cast(null as varchar) as practice, legal_entity, cast(null as decimal(18, 6)) as weekly_capacity_hours, start_date,
    end_date, source_system, employee_id as source_id, load_id, first_seen_at, deleted_at,
    {{ tryton_url('company.employee', 'employee_id') }} as record_url
from employees
