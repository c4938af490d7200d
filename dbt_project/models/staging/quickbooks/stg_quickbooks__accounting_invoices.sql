select
    source_id as invoice_id,
    coalesce(roots.root_id, {{ field('CustomerRef.value') }}) as customer_id,
    {{ field('DocNumber') }} as number,
    type,
    case
        when is_void then 'void'
        when try_cast(coalesce({{ field('RemainingCredit') }}, {{ field('Balance') }}) as decimal(18, 4)) = 0 then 'paid'
        else 'open'
    end as status,
    {{ day_of(field('TxnDate')) }} as invoice_date,
    currency,
    case when type = 'invoice' then {{ day_of(field('DueDate')) }} end as due_date,
    {{ field('DepartmentRef.name') }} as legal_entity,
    {{ field('InvoiceRef.value') }} as credited_invoice_id,
    case when not is_void then {{ field('PrivateNote') }} end as reason,
    cast(null as timestamptz) as disputed_at,
    cast(null as varchar) as dispute_reason,
    cast(null as timestamptz) as dispute_resolved_at,
    cast(null as timestamptz) as voided_at,
    cast(null as boolean) as is_intercompany,
    try_cast({{ field('MetaData.CreateTime') }} as timestamptz) as created_at,
    -- what is entered is posted
    try_cast({{ field('MetaData.CreateTime') }} as timestamptz) as posted_at,
    try_cast({{ field('MetaData.LastUpdatedTime') }} as timestamptz) as updated_at,
    source_system,
    source_id,
    load_id,
    first_seen_at,
    deleted_at,
    {{ system_url('quickbooks') }}
    || case when type = 'invoice' then '/app/invoice?txnId=' else '/app/creditmemo?txnId=' end
    || source_id as record_url
from {{ ref('stg_quickbooks__documents') }} as documents
left join {{ ref('stg_quickbooks__customer_roots') }} as roots
    on documents.source_system = roots.customer_system and {{ field('CustomerRef.value') }} = roots.customer_id
