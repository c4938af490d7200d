-- A raw table that no line of systems.csv declares has no role and no owner: nothing may be built on it.
with raw_tables as (
    select schema_name, table_name
    from duckdb_tables()
    where database_name = 'raw' and starts_with(schema_name, 'raw_') and schema_name <> 'raw_tieout'
        and not ends_with(schema_name, '_staging') and not starts_with(table_name, '_dlt_')
)

select
    raw_tables.schema_name || '.' || raw_tables.table_name || ' is in no line of systems.csv. Add '
        || coalesce('*,' || systems.source, substr(raw_tables.schema_name, 5) || ',' || substr(raw_tables.schema_name, 5))
        || ',' || raw_tables.table_name || ',<role>,<what it owns>,<editable or read-only>,<owner role>,<days> to decisions/systems.csv,'
        || ' or drop it from raw.duckdb.' as sentence
from raw_tables
left join {{ ref('int_systems') }} as systems on raw_tables.schema_name = 'raw_' || systems.system_name
left join {{ ref('systems') }} as register
    on raw_tables.table_name = register.table_name
    and (
        register.system = substr(raw_tables.schema_name, 5)
        or (register.system = '*' and register.source = systems.source)
    )
where register.table_name is null
order by raw_tables.schema_name, raw_tables.table_name
