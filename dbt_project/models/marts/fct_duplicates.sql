-- Records that may be double, and all companies, so that the one can be divided by the other. One row per duplicate candidate, and
-- one per client.
with suspects as (
    select client_id from {{ ref('fct_duplicate_candidates') }} where record_type = 'client'
    union
    select other_client_id as client_id from {{ ref('fct_duplicate_candidates') }} where record_type = 'client'
),

first_days as (
    select members.client_id, min({{ business_date('records.first_seen_at') }}) as known_on
    from {{ ref('int_client_members') }} as members
    inner join (
        select 'crm:' || account_id as member, coalesce(created_at, first_seen_at) as first_seen_at from {{ ref('crm_accounts') }}
        union all
        select 'psa:' || client_id as member, coalesce(created_at, first_seen_at) as first_seen_at from {{ ref('psa_clients') }}
        union all
        select 'accounting:' || customer_id as member, first_seen_at from {{ ref('accounting_customers') }}
    ) as records on members.member = records.member
    group by members.client_id
)

select
    candidate_id as duplicate_id, record_type, coalesce(client_id, '(none)') as client_id, 1 as duplicate_record_count,
    0 as client_count, 0 as duplicate_client_count,
    coalesce(first_seen_on, date '{{ var("business_day") }}') as metric_date
from {{ ref('fct_duplicate_candidates') }}
union all
select
    clients.client_id as duplicate_id, 'client' as record_type, clients.client_id, 0 as duplicate_record_count, 1 as client_count,
    case when suspects.client_id is null then 0 else 1 end as duplicate_client_count,
    coalesce(first_days.known_on, date '{{ var("business_day") }}') as metric_date
from {{ ref('dim_clients') }} as clients
left join suspects on clients.client_id = suspects.client_id
left join first_days on clients.client_id = first_days.client_id
