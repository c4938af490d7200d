select
    source_id as accounting_project_id,
    coalesce(roots.root_id, {{ field('ParentRef.value') }}) as customer_id,
    {{ field('DisplayName') }} as name,
    {{ custom_field('quickbooks', 'psa_project_id') }} as psa_project_id,
    cast(null as varchar) as status,
    source_system,
    source_id,
    load_id,
    first_seen_at,
    deleted_at,
    {{ system_url('quickbooks') }} || '/app/customerdetail?nameId=' || source_id as record_url
from {{ raw_records('quickbooks', 'customers') }} as sub_customers
left join {{ ref('stg_quickbooks__customer_roots') }} as roots
    on sub_customers.source_system = roots.customer_system and sub_customers.source_id = roots.customer_id
where {{ field('ParentRef.value') }} is not null
