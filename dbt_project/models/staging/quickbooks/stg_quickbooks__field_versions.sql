-- Every version of the fields that are owned elsewhere, one row per customer or project, field and version.
with versions as (
    select
        source_system, source_id, {{ field('ParentRef.value') }} is not null as is_project, {{ field('DisplayName') }} as name,
        {{ field('PrimaryEmailAddr.Address') }} as billing_contact,
        {{ custom_field('quickbooks', 'tax_id') }} as tax_id, valid_from, valid_to
    from {{ raw_versions('quickbooks', 'customers') }}
)
{% for name in ['name', 'billing_contact', 'tax_id'] %}
select
    'accounting_customers' as canonical_table, source_system, source_id, '{{ name }}' as field, {{ name }} as field_value,
    valid_from, valid_to
from versions where not is_project
union all
{%- endfor %}
select
    'accounting_projects' as canonical_table, source_system, source_id, 'name' as field, name as field_value,
    valid_from, valid_to
from versions where is_project
