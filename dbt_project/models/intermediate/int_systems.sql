-- The configured systems, in order of precedence. One row per system.
{% for system in var('systems') %}
select
    '{{ system.name }}' as system_name,
    '{{ system.source }}' as source,
    {{ system.precedence }} as precedence
{{ 'union all' if not loop.last }}
{% else %}
select cast(null as varchar) as system_name, cast(null as varchar) as source, cast(null as integer) as precedence
where false
{% endfor %}
