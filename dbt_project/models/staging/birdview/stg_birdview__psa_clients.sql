select
    source_id as client_id,
    {{ field('Name') }} as name,
    {{ custom_field('birdview', 'crm_account_id') }} as crm_account_id,
    {{ custom_field('birdview', 'tax_id') }} as tax_id,
    {{ custom_field('birdview', 'billing_contact') }} as billing_contact,
    try_cast({{ field('CreationDate') }} as timestamptz) as created_at,
    try_cast({{ field('LastModificationDate') }} as timestamptz) as updated_at,
    source_system,
    source_id,
    load_id,
    first_seen_at,
    deleted_at,
    {{ system_url('birdview') }} || '/customers/' || source_id as record_url
from {{ raw_records('birdview', 'customers') }}
