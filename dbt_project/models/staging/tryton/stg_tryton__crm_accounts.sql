select
    party_id as account_id, coalesce(name, party_id) as name, cast(null as varchar) as legal_name,
    cast(null as varchar) as parent_account_id, tax_id, email as billing_contact, website,
    cast(null as varchar) as country, cast(null as varchar) as industry, cast(null as varchar) as owner_name,
    created_at, updated_at, source_system, party_id as source_id, load_id, first_seen_at, deleted_at,
    {{ tryton_url('party.party', 'party_id') }} as record_url
from {{ ref('stg_tryton__parties') }}
