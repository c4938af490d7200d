with recursive customers as (
    select source_system, source_id, {{ field('ParentRef.value') }} as parent_id
    from {{ raw_records('quickbooks', 'customers') }}
),

climbed as (
    select source_system, source_id as customer_id, source_id as root_id, parent_id from customers
    union
    select climbed.source_system, climbed.customer_id, customers.source_id as root_id, customers.parent_id
    from climbed
    inner join customers on climbed.source_system = customers.source_system and climbed.parent_id = customers.source_id
)

-- the system's column has a name of its own, so that a join leaves `source_system` clear
select source_system as customer_system, customer_id, root_id
from climbed
where parent_id is null
