{# What `tieout close` froze, kept by it in raw. Empty until a month has been closed. #}

{% macro reported(table) %}
    {%- set tables = {
        'closed_months': {
            'month': 'date', 'closed_at': 'timestamptz', 'snapshot': 'varchar', 'business_day': 'date',
            'loaded_at': 'timestamptz', 'measures': 'varchar[]', 'reason': 'varchar'
        },
        'reported_figures': {
            'month': 'date', 'closed_at': 'timestamptz', 'snapshot': 'varchar', 'engagement_id': 'varchar',
            'measure': 'varchar', 'driver': 'varchar', 'period': 'varchar', 'amount': 'decimal(18, 2)'
        },
        'reported_records': {
            'month': 'date', 'closed_at': 'timestamptz', 'snapshot': 'varchar', 'engagement_id': 'varchar',
            'measure': 'varchar', 'source_system': 'varchar', 'source_object': 'varchar', 'source_id': 'varchar',
            'dated_on': 'date', 'amount': 'decimal(18, 2)'
        }
    } -%}
    {%- if var('has_closed_months') -%}
    {{ source('raw_tieout', table) }}
    {%- else -%}
    (
        select
            {%- for name, type in tables[table].items() %}
            cast(null as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        where false
    )
    {%- endif -%}
{% endmacro %}
