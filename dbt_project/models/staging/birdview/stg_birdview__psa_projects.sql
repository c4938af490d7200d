select
    source_id as project_id,
    {{ field('CustomerID') }} as client_id,
    {{ field('Name') }} as name,
    {{ birdview_status(field('ProjectStatusID')) }} as status,
    {{ birdview_contract_type() }} as contract_type,
    {{ birdview_currency(field('CurrencyID')) }} as currency,
    try_cast({{ field('CreationDate') }} as timestamptz) as created_at,
    {{ custom_field('birdview', 'crm_deal_id') }} as crm_deal_id,
    {{ custom_field('birdview', 'project_code') }} as project_code,
    {{ custom_field('birdview', 'template_name') }} as template_name,
    -- what bills nobody is the firm's own
    coalesce({{ field('BillingType') }} = '6', false) as is_internal,
    {{ custom_field('birdview', 'legal_entity') }} as legal_entity,
    {{ custom_field('birdview', 'practice') }} as practice,
    {{ custom_field('birdview', 'manager_name') }} as manager_name,
    {{ day_of(field('StartDate')) }} as start_date,
    {{ day_of(field('EndDate')) }} as end_date,
    try_cast({{ field('LastModificationDate') }} as timestamptz) as updated_at,
    source_system,
    source_id,
    load_id,
    first_seen_at,
    deleted_at,
    {{ system_url('birdview') }} || '/projects/' || source_id as record_url
from {{ raw_records('birdview', 'projects') }}
-- a template is no project
where {{ field('ProjectStatusID') }} is distinct from '6'
