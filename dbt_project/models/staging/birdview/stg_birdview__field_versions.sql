-- Every version of the fields that other systems own or copy, one row per customer or project, field and version.
with customers as (
    select
        source_system, source_id, {{ field('Name') }} as name,
        {{ custom_field('birdview', 'billing_contact') }} as billing_contact,
        {{ custom_field('birdview', 'tax_id') }} as tax_id, valid_from, valid_to
    from {{ raw_versions('birdview', 'customers') }}
),

projects as (
    select
        source_system, source_id, {{ field('Name') }} as name, {{ birdview_status(field('ProjectStatusID')) }} as status,
        valid_from, valid_to
    from {{ raw_versions('birdview', 'projects') }}
    where {{ field('ProjectStatusID') }} is distinct from '6'
)
{% for name in ['name', 'billing_contact', 'tax_id'] %}
select
    'psa_clients' as canonical_table, source_system, source_id, '{{ name }}' as field, {{ name }} as field_value,
    valid_from, valid_to
from customers
union all
{%- endfor %}
{% for name in ['name', 'status'] %}
select
    'psa_projects' as canonical_table, source_system, source_id, '{{ name }}' as field, {{ name }} as field_value,
    valid_from, valid_to
from projects
{{ 'union all' if not loop.last }}
{%- endfor %}
