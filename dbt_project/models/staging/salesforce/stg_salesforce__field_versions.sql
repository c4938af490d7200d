-- Every version of the fields of an account that other systems copy, one row per account, field and version.
with versions as (
    select
        source_system, source_id, {{ field('Name') }} as name,
        {{ custom_field('salesforce', 'billing_contact') }} as billing_contact,
        {{ custom_field('salesforce', 'tax_id') }} as tax_id, valid_from, valid_to
    from {{ raw_versions('salesforce', 'accounts') }}
)
{% for name in ['name', 'billing_contact', 'tax_id'] %}
select
    'crm_accounts' as canonical_table, source_system, source_id, '{{ name }}' as field, {{ name }} as field_value,
    valid_from, valid_to
from versions
{{ 'union all' if not loop.last }}
{%- endfor %}
