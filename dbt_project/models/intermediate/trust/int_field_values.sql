-- Every value that a field which two systems keep is known to have had. One row per record, field and run of loads that
-- showed one value. standing_since is the load that first showed it; for the value of the first load, what the record
-- itself says of its last change, if that was before.
{%- set tables = {
    'crm_accounts': ['account_id', ['name', 'billing_contact', 'tax_id'], 'updated_at'],
    'psa_clients': ['client_id', ['name', 'billing_contact', 'tax_id'], 'updated_at'],
    'accounting_customers': ['customer_id', ['name', 'billing_contact', 'tax_id', 'is_on_credit_hold'], 'updated_at'],
    'psa_projects': ['project_id', ['name', 'status'], 'updated_at'],
    'accounting_projects': ['accounting_project_id', ['name', 'status'], 'first_seen_at']
} %}
with latest as (
    {%- for table, told in tables.items() %}{% set last_table = loop.last %}{% for field in told[1] %}
    select
        '{{ table }}' as canonical_table, {{ told[0] }} as record_key, source_system, source_id, '{{ field }}' as field,
        cast({{ field }} as varchar) as field_value, {{ told[2] }} as updated_at, first_seen_at
    from {{ ref(table) }} where deleted_at is null
    {%- if not (loop.last and last_table) %} union all {% endif %}{% endfor %}{% endfor %}
),

versions as (
    select * from {{ ref('stg_template__field_versions') }}
    {%- for vendor in ['salesforce', 'birdview', 'quickbooks'] if systems_of(vendor) %}
    union all
    select * from {{ ref('stg_' ~ vendor ~ '__field_versions') }}
    {%- endfor %}
),

-- a system whose versions are not read here tells at least what stands now
told as (
    select
        latest.canonical_table, latest.record_key, latest.field, latest.updated_at,
        coalesce(
            versions.field_value, case when versions.source_id is null then latest.field_value end,
            -- a customer of whom nothing is said is not on hold
            case when latest.field = 'is_on_credit_hold' then 'false' end
        ) as field_value,
        coalesce(versions.valid_from, latest.first_seen_at) as valid_from
    from latest
    left join versions
        on latest.canonical_table = versions.canonical_table and latest.source_system = versions.source_system
        and latest.source_id = versions.source_id and latest.field = versions.field
),

runs as (
    select * from told
    qualify field_value is distinct from lag(field_value) over (
        partition by canonical_table, record_key, field order by valid_from
    ) or row_number() over (partition by canonical_table, record_key, field order by valid_from) = 1
),

placed as (
    select
        *, row_number() over (partition by canonical_table, record_key, field order by valid_from) = 1 as is_first,
        row_number() over (partition by canonical_table, record_key, field order by valid_from desc) = 1 as is_latest
    from runs
)

select
    canonical_table, record_key, field, field_value, valid_from as changed_at,
    case when is_first then least(coalesce(updated_at, valid_from), valid_from) else valid_from end as standing_since,
    not is_first as is_change, is_latest
from placed
where field_value is not null
