-- Every value that a field which two systems keep is known to have had. One row per record, field and run of one value;
-- standing_since is when it was first seen so (at the first load: when the record says that it last changed).
with latest as (
    {%- set tables = {
        'crm_accounts': ['account_id', ['name', 'billing_contact', 'tax_id'], 'updated_at'],
        'psa_clients': ['client_id', ['name', 'billing_contact', 'tax_id'], 'updated_at'],
        'accounting_customers': ['customer_id', ['name', 'billing_contact', 'tax_id'], 'updated_at'],
        'psa_projects': ['project_id', ['name', 'project_code', 'status'], 'updated_at'],
        'accounting_projects': ['accounting_project_id', ['name', 'status'], 'first_seen_at']
    } %}
    {%- for table, told in tables.items() %}{% for field in told[1] %}
    select
        '{{ table }}' as canonical_table, {{ told[0] }} as record_key, source_system, source_id, '{{ field }}' as field,
        {{ field }} as field_value, least(coalesce({{ told[2] }}, first_seen_at), first_seen_at) as changed_at
    from {{ ref(table) }} where deleted_at is null
    {%- if not loop.last %} union all {% endif %}{% endfor %}{% if not loop.last %} union all {% endif %}{% endfor %}
)

select
    canonical_table, record_key, source_system, field, field_value, changed_at, changed_at as standing_since, true as is_latest, false as is_change
from latest where field_value is not null
