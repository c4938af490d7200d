{# Reading vendors' JSON records in staging. Each macro takes a column called `record`, beside `source_system`. #}

{# A field of the record as trimmed text; null where it is empty. path: as in JSON, `Owner.Name`. #}
{% macro field(path, record='record') -%}
    nullif(trim({{ record }} ->> '$.{{ path }}'), '')
{%- endmacro %}

{# A tenant's own field as trimmed text: each system names it under `custom_fields` in tieout.toml; else null. #}
{% macro custom_field(vendor, name) -%}
    case source_system
    {%- for system in systems_of(vendor) if name in (system.custom_fields or {}) %} when '{{ system.name }}'
        then nullif(trim(record ->> '$."{{ system.custom_fields[name] | replace("'", "''") | replace('"', '') }}"'), '')
    {%- endfor %} when '' then '' end
{%- endmacro %}

{# The words of any pick list for the three contract types; null for words that mean none of them. #}
{% macro contract_type(words) -%}
    case lower(replace(replace({{ words }}, '-', ' '), '_', ' '))
        when 'time and materials' then 'time_and_materials' when 't&m' then 'time_and_materials'
        when 'time & materials' then 'time_and_materials' when 'hourly' then 'time_and_materials'
        when 'fixed fee' then 'fixed_fee' when 'fixed price' then 'fixed_fee' when 'flat fee' then 'fixed_fee'
        when 'recurring' then 'recurring' when 'retainer' then 'recurring' when 'managed service' then 'recurring'
    end
{%- endmacro %}

{# The day at the head of an ISO date or moment, as the vendor wrote it. #}
{% macro day_of(iso) -%}
    try_cast(left({{ iso }}, 10) as date)
{%- endmacro %}

{# The records of a JSON list, one element a row. #}
{% macro elements(list) -%}
    unnest(from_json({{ list }}, '["json"]'))
{%- endmacro %}

{# What a system calls a tenant's own field, as text; null where it has none. #}
{% macro custom_field_names(vendor, name) -%}
    case source_system
    {%- for system in systems_of(vendor) if name in (system.custom_fields or {}) %} when '{{ system.name }}'
        then '{{ system.custom_fields[name] | replace("'", "''") }}'
    {%- endfor %} when '' then '' end
{%- endmacro %}

{# Salesforce keeps what was thrown away in its bin, and still returns it, marked: it went when it last changed. #}
{% macro salesforce_deleted_at() -%}
    coalesce(
        case when try_cast({{ field('IsDeleted') }} as boolean) then try_cast({{ field('SystemModstamp') }} as timestamptz) end,
        deleted_at
    )
{%- endmacro %}

{# Birdview's project statuses. Templates (6) are left out before. #}
{% macro birdview_status(id) -%}
    case {{ id }} when '1' then 'open' when '2' then 'open' when '3' then 'on_hold' when '4' then 'closed' when '5' then 'draft' end
{%- endmacro %}

{# A project's contract type: the tenant's own field, else by how it bills (5 is a flat fee). #}
{% macro birdview_contract_type() -%}
    coalesce(
        {{ contract_type(custom_field('birdview', 'contract_type')) }},
        case when {{ field('BillingType') }} = '5' then 'fixed_fee' else 'time_and_materials' end
    )
{%- endmacro %}

{# Birdview numbers its currencies in a list of its own; only those proven are named. #}
{% macro birdview_currency(id) -%}
    case {{ id }} when '1' then 'USD' when '2' then 'EUR' when '3' then 'GBP' when '28' then 'CAD' when '61' then 'CHF' end
{%- endmacro %}
