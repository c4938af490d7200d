-- Every version of the fields that several systems keep, one row per record, field and version. The value as text.
{%- set tables = {
    'crm_accounts': ['name', 'billing_contact', 'tax_id'],
    'psa_clients': ['name', 'billing_contact', 'tax_id'],
    'accounting_customers': ['name', 'billing_contact', 'tax_id', 'is_on_credit_hold'],
    'psa_projects': ['name', 'status'],
    'accounting_projects': ['name', 'status']
} %}
{% for table, fields in tables.items() %}{% set columns = {} %}
{%- for field in fields %}{% do columns.update({field: 'varchar'}) %}{% endfor %}
{%- for field in fields %}
select
    '{{ table }}' as canonical_table, source_system, source_id, '{{ field }}' as field,
    cast({{ field }} as varchar) as field_value, valid_from, valid_to
from {{ raw_versions('template', table, columns) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
{{ 'union all' if not loop.last }}
{%- endfor %}
