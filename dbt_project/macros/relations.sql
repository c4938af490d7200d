{#
  Names without a catalog. dbt-duckdb would write the build file's catalog into every view and so tie the published
  file to the name it was built under; a reader may attach it under any name. Sources stay as they are: raw is another
  catalog, and only staging views (dropped before publishing) read it.
#}
{% macro ref() %}
    {%- set relation = builtins.ref(*varargs, **kwargs) -%}
    {%- do return(relation.include(database=false)) -%}
{% endmacro %}

{# Schemas are called exactly what dbt_project.yml calls them: no target prefix. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
