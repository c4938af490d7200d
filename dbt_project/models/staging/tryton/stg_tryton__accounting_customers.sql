select
    party_id as customer_id, coalesce(name, party_id) as name, is_own_company as is_intercompany,
    party_id as crm_account_id, tax_id, cast(null as varchar) as legal_entity,
    cast(null as bigint) as payment_terms_days, cast(null as boolean) as is_on_credit_hold,
    email as billing_contact, updated_at, source_system, party_id as source_id, load_id, first_seen_at, deleted_at,
    {{ tryton_url('party.party', 'party_id') }} as record_url
from {{ ref('stg_tryton__parties') }}
