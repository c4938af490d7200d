select
    source_id as deal_line_id,
    {{ field('OpportunityId') }} as deal_id,
    case
        when lower({{ custom_field('salesforce', 'line_family') }}) in ('pass-through', 'pass through', 'expenses', 'resale')
            then 'pass_through'
        else 'service'
    end as family,
    try_cast({{ field('TotalPrice') }} as decimal(18, 4)) as amount,
    {{ custom_field('salesforce', 'line_role') }} as role,
    -- a quantity is hours, and a price a rate, only where the line sells a role
    case
        when {{ custom_field('salesforce', 'line_role') }} is not null
            then try_cast({{ field('Quantity') }} as decimal(18, 6))
    end as hours,
    case
        when {{ custom_field('salesforce', 'line_role') }} is not null
            then try_cast({{ field('UnitPrice') }} as decimal(18, 6))
    end as rate,
    source_system,
    source_id,
    load_id,
    first_seen_at,
    {{ salesforce_deleted_at() }} as deleted_at,
    {{ system_url('salesforce') }} || '/lightning/r/OpportunityLineItem/' || source_id || '/view' as record_url
from {{ raw_records('salesforce', 'opportunity_line_items') }}
