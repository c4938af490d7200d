-- One row per opportunity with a party. `converted` is quoted, not yet won; the amount carries no tax.
select
    opportunity_id as deal_id, party_id as account_id, name, state as stage,
    state in ('won', 'lost', 'cancelled') as is_closed, state = 'won' as is_won, amount, end_date as close_date,
    currency, created_at, updated_at, probability, cast(null as varchar) as contract_type, legal_entity,
    cast(null as varchar) as practice, owner_name, cast(null as varchar) as parent_deal_id,
    cast(null as varchar) as change_order_number, cast(0 as decimal(18, 4)) as tax_amount,
    cast(null as date) as signed_on, cast(null as date) as start_date, cast(null as date) as end_date,
    cast(null as bigint) as payment_terms_days, cast(null as decimal(9, 6)) as target_margin_share, source_system,
    opportunity_id as source_id, load_id, first_seen_at, deleted_at,
    {{ tryton_url('sale.opportunity', 'opportunity_id') }} as record_url
from {{ ref('stg_tryton__opportunities') }}
