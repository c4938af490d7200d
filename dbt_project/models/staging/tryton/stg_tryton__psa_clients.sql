select
    party_id as client_id, coalesce(name, party_id) as name, party_id as crm_account_id, tax_id,
    email as billing_contact, created_at, updated_at, source_system, party_id as source_id, load_id, first_seen_at,
    deleted_at, {{ tryton_url('party.party', 'party_id') }} as record_url
from {{ ref('stg_tryton__parties') }}
