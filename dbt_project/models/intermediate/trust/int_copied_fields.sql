-- Fields that one system owns and another keeps a copy of, side by side, where an explicit reference ties the two records.
-- One row per pair of records and field of integration_map.csv that both sides tell.
with ties as (
    select
        'psa_clients' as to_table, copies.client_id as copy_key, owners.account_id as owner_key, copies.source_system,
        copies.source_id, copies.record_url,
        'psa:' || copies.client_id as member, cast(null as varchar) as project_id
    from {{ ref('psa_clients') }} as copies
    inner join {{ ref('crm_accounts') }} as owners on copies.crm_account_id = owners.account_id
    where copies.deleted_at is null and owners.deleted_at is null
    union all
    select
        'accounting_customers' as to_table, copies.customer_id as copy_key, owners.account_id as owner_key,
        copies.source_system, copies.source_id, copies.record_url, 'accounting:' || copies.customer_id as member,
        cast(null as varchar) as project_id
    from {{ ref('accounting_customers') }} as copies
    inner join {{ ref('crm_accounts') }} as owners on copies.crm_account_id = owners.account_id
    where copies.deleted_at is null and owners.deleted_at is null
    union all
    select
        'accounting_projects' as to_table, copies.accounting_project_id as copy_key, owners.project_id as owner_key,
        copies.source_system, copies.source_id, copies.record_url, 'psa:' || owners.client_id as member, owners.project_id
    from {{ ref('accounting_projects') }} as copies
    inner join {{ ref('psa_projects') }} as owners on copies.psa_project_id = owners.project_id
    where copies.deleted_at is null and owners.deleted_at is null
),

told as (
    select canonical_table, record_key, field, field_value, changed_at, standing_since
    from {{ ref('int_field_values') }} where is_latest
)

select
    map.to_table, map.to_column, map.from_table, map.from_column, map.sla_days, ties.copy_key, ties.owner_key,
    ties.source_system, ties.source_id, ties.record_url, ties.member, ties.project_id,
    owners.field_value as owner_value, copies.field_value as copy_value,
    greatest(owners.standing_since, copies.standing_since) as side_by_side_since
from {{ ref('integration_map') }} as map
inner join ties on map.to_table = ties.to_table
inner join told as owners
    on map.from_table = owners.canonical_table and map.from_column = owners.field and ties.owner_key = owners.record_key
inner join told as copies
    on map.to_table = copies.canonical_table and map.to_column = copies.field and ties.copy_key = copies.record_key
where map.method = 'copy'
