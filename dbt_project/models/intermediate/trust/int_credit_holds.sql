-- When clients were on credit hold in a ledger, as far as the loads have seen it, of customers that are still there. One row per
-- customer record and run of days; a hold that stands is open until further notice.
with told as (
    select
        record_key as customer_id, field_value = 'true' as is_held, {{ business_date('standing_since') }} as effective_from,
        lead({{ business_date('standing_since') }}, 1, {{ forever() }}) over (partition by record_key order by changed_at)
            as effective_to
    from {{ ref('int_field_values') }}
    where canonical_table = 'accounting_customers' and field = 'is_on_credit_hold'
)

select told.customer_id, members.client_id, told.effective_from, told.effective_to
from told
inner join {{ ref('int_client_members') }} as members on 'accounting:' || told.customer_id = members.member
where told.is_held and told.effective_from < told.effective_to
