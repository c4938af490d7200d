{# The doors to the raw copy. Only staging models use them. #}

{% macro systems_of(vendor) %}
    {# The configured systems that a vendor's connector fills, in order of precedence. #}
    {{ return(var('systems') | selectattr('source', 'equalto', vendor) | sort(attribute='precedence') | list) }}
{% endmacro %}

{% macro systems_with(vendor, table) %}
    {% set found = [] %}
    {% for system in systems_of(vendor) if table in var('raw_tables').get(system.name, {}) %}
        {% do found.append(system) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# A raw record's natural key is `source_id`. Where a table has a column of that name itself, raw keeps that as
   `canonical_source_id`, and from staging on the natural key is called `record_id`. #}
{% macro raw_key(columns) %}
    {{ return('record_id' if 'source_id' in columns else 'source_id') }}
{% endmacro %}

{# The latest version of every record, deleted ones included, of every system of one vendor.
   Columns: those of the raw table, source_system, first_seen_at, deleted_at. Where no system has the table,
   an empty relation with the given columns (name -> type). #}
{% macro raw_records(vendor, table, columns={'record': 'json'}) %}
    {%- set systems = systems_with(vendor, table) -%}
    {%- set names = columns.keys() | list -%}
    {%- set key = raw_key(columns) -%}
    (
    {%- for system in systems %}
        select
            '{{ system.name }}' as source_system, latest.source_id as {{ key }}, latest.load_id,
            coalesce(earlier.first_seen_at, latest.valid_from) as first_seen_at, latest.valid_to as deleted_at
            {%- for name in names %}, {{ 'latest.canonical_source_id as source_id' if name == 'source_id' else 'latest.' ~ name }}{% endfor %}
        from (
            select * from {{ source('raw_' ~ system.name, table) }} where valid_to is null
            union all
            (
                select gone.* from {{ source('raw_' ~ system.name, table) }} as gone
                where gone.valid_to is not null and not exists (
                    select 1 from {{ source('raw_' ~ system.name, table) }} as present
                    where present.valid_to is null and present.source_id = gone.source_id
                )
                qualify row_number() over (partition by gone.source_id order by gone.valid_to desc) = 1
            )
        ) as latest
        left join (
            select source_id, min(valid_from) as first_seen_at
            from {{ source('raw_' ~ system.name, table) }} where valid_to is not null group by source_id
        ) as earlier on earlier.source_id = latest.source_id
        {%- if not loop.last %} union all {% endif %}
    {%- else %}
        select
            cast(null as varchar) as source_system, cast(null as varchar) as {{ key }},
            cast(null as varchar) as load_id, cast(null as timestamptz) as first_seen_at,
            cast(null as timestamptz) as deleted_at
            {%- for name, type in columns.items() %}, cast(null as {{ type }}) as {{ name }}{% endfor %}
        where false
    {%- endfor %}
    )
{% endmacro %}

{# Every version of every record: valid_from, valid_to (null: the present one), source_system, and the columns. #}
{% macro raw_versions(vendor, table, columns={'record': 'json'}) %}
    {%- set systems = systems_with(vendor, table) -%}
    (
    {%- for system in systems %}
        select '{{ system.name }}' as source_system, source_id, load_id, valid_from, valid_to
            {%- for name in columns.keys() %}, {{ name }}{% endfor %}
        from {{ source('raw_' ~ system.name, table) }}
        {%- if not loop.last %} union all {% endif %}
    {%- else %}
        select
            cast(null as varchar) as source_system, cast(null as varchar) as source_id,
            cast(null as varchar) as load_id, cast(null as timestamptz) as valid_from,
            cast(null as timestamptz) as valid_to
            {%- for name, type in columns.items() %}, cast(null as {{ type }}) as {{ name }}{% endfor %}
        where false
    {%- endfor %}
    )
{% endmacro %}

{% macro system_url(vendor) -%}
    {#- A `case` from source_system to the base address of that system, null where none is configured. -#}
    case source_system
    {%- for system in systems_of(vendor) if system.url %} when '{{ system.name }}' then '{{ system.url }}'
    {%- endfor %} when '' then '' end
{%- endmacro %}

{# Changes between loads, for templates that have no history file: the load that first showed a new value dates it.
   fields: column -> type of the raw table. Columns: key, changed_at, field, old_value, new_value, changed_by and the
   loader's. #}
{% macro history_from_versions(vendor, table, history_table, key, fields) %}
    {%- set with_history = systems_with(vendor, history_table) | map(attribute='name') | list -%}
    {%- set columns = {key: 'varchar'} -%}
    {%- do columns.update(fields) -%}
    {%- for field in fields %}
    select
        {{ key }}, valid_from as changed_at, '{{ field }}' as field, old_value, new_value,
        cast(null as varchar) as changed_by, source_system,
        source_id || '|' || cast(valid_from as varchar) || '|{{ field }}' as source_id, load_id,
        valid_from as first_seen_at, cast(null as timestamptz) as deleted_at, cast(null as varchar) as record_url
    from (
        select
            *, cast({{ field }} as varchar) as new_value,
            lag(cast({{ field }} as varchar)) over (partition by source_system, source_id order by valid_from) as old_value,
            row_number() over (partition by source_system, source_id order by valid_from) as version
        from {{ raw_versions(vendor, table, columns) }}
        where source_system not in ('' {%- for name in with_history %}, '{{ name }}'{% endfor %})
    )
    where version > 1 and old_value is distinct from new_value
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
