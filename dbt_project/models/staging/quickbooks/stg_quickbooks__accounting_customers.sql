select
    source_id as customer_id,
    {{ field('DisplayName') }} as name,
    coalesce(lower({{ field('CustomerTypeRef.name') }}) = 'intercompany', false) as is_intercompany,
    {{ custom_field('quickbooks', 'crm_account_id') }} as crm_account_id,
    {{ custom_field('quickbooks', 'tax_id') }} as tax_id,
    cast(null as varchar) as legal_entity,
    -- "Net 30": the days stand in the term's name
    try_cast(nullif(regexp_extract({{ field('SalesTermRef.name') }}, '[0-9]+'), '') as integer) as payment_terms_days,
    cast(null as boolean) as is_on_credit_hold,
    {{ field('PrimaryEmailAddr.Address') }} as billing_contact,
    try_cast({{ field('MetaData.LastUpdatedTime') }} as timestamptz) as updated_at,
    source_system,
    source_id,
    load_id,
    first_seen_at,
    deleted_at,
    {{ system_url('quickbooks') }} || '/app/customerdetail?nameId=' || source_id as record_url
from {{ raw_records('quickbooks', 'customers') }}
-- a sub-customer is a project
where {{ field('ParentRef.value') }} is null
