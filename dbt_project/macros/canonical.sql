{# How vendors' staging models become one canonical table. #}

{% macro metadata_columns(columns={}) %}
    {{ return(['source_system', raw_key(columns), 'load_id', 'first_seen_at', 'deleted_at', 'record_url']) }}
{% endmacro %}

{% macro contract_columns(table) %}
    {# The columns of a canonical table's enforced contract, in order, name -> type. #}
    {% set columns = {} %}
    {% if execute %}
        {# a contract ends with the columns that the loader fills, the first of which is source_system #}
        {% set own = graph.nodes['model.tieout.' ~ table].columns.values() | list %}
        {% for column in own[:-6] %}
            {% do columns.update({column.name: column.data_type}) %}
        {% endfor %}
    {% endif %}
    {{ return(columns) }}
{% endmacro %}

{# A template file has the canonical shape already: staging only passes it on. #}
{% macro template_table(table) %}
    {%- set columns = contract_columns(table) -%}
    select
        {%- for name in columns %}
        {{ name }},
        {%- endfor %}
        {%- set metadata = metadata_columns(columns) %}
        {{ metadata[:-1] | join(', ') }}, cast(null as varchar) as record_url
    from {{ raw_records('template', table, columns) }}
{% endmacro %}

{# One canonical table out of the staging models that fill it.
   key: the column that becomes `<system>:<id>` (none for tables with composite keys).
   references: column -> the canonical table it points to. A value may name its system (`<system>:<id>`); a bare one
   is looked for in the record's own system, then in the other systems of that table; if two of those hold it, or
   none, the value stays as it came and joins nothing (int_unresolved_references lists it). #}
{% macro canonical_table(table, vendors, key=none, references={}) %}
    {%- set columns = contract_columns(table) -%}
    with united as (
        {%- for vendor in vendors if vendor == 'template' or systems_of(vendor) %}
        select
            {%- for name in columns %} {{ name }},{% endfor %}
            {{ metadata_columns(columns) | join(', ') }}
        from {{ ref('stg_' ~ vendor ~ '__' ~ table) }}
        {%- if not loop.last %} union all {% endif %}
        {%- endfor %}
    )
    {%- for column, target in references.items() %}

    , {{ column }}_targets as (
        select source_system || ':' || source_id as target_key, source_system, source_id
        from {{ 'united' if target == table else ref(target) }}
    )

    , {{ column }}_bare as (
        select source_id, min(target_key) as target_key, count(*) as systems from {{ column }}_targets group by source_id
    )

    , {{ column }}_given as (
        select distinct source_system, {{ column }} as given from united where {{ column }} is not null
    )

    , {{ column }}_resolved as (
        select
            given.source_system, given.given,
            coalesce(named.target_key, own.target_key, case when bare.systems = 1 then bare.target_key end, given.given)
                as target_key
        from {{ column }}_given as given
        left join {{ column }}_targets as named on given.given = named.target_key
        left join {{ column }}_targets as own on given.source_system || ':' || given.given = own.target_key
        left join {{ column }}_bare as bare on given.given = bare.source_id
    )
    {%- endfor %}

    select
        {%- for name, type in columns.items() %}
        {% if name == key -%}
        united.source_system || ':' || united.{{ raw_key(columns) }} as {{ name }},
        {%- elif name in references -%}
        {{ name }}_resolved.target_key as {{ name }},
        {%- else -%}
        cast(united.{{ name }} as {{ type }}) as {{ name }},
        {%- endif %}
        {%- endfor %}
        {%- for name in metadata_columns(columns) %}
        united.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from united
    {%- for column in references %}
    left join {{ column }}_resolved
        on united.source_system = {{ column }}_resolved.source_system and united.{{ column }} = {{ column }}_resolved.given
    {%- endfor %}
{% endmacro %}

{# What stands for the client of a record whose customer no ledger knows (`unknown`: it names none). #}
{% macro unknown_client(record) -%}
    case when {{ record }}.customer_id is null then 'unknown'
        when contains({{ record }}.customer_id, ':') then 'accounting:' || {{ record }}.customer_id
        else 'accounting:' || {{ record }}.source_system || ':' || {{ record }}.customer_id end
{%- endmacro %}
