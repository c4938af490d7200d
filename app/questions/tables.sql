-- What can be asked for in SQL. One row per table or view and column, with its comment.
select t.schema_name as schema, t.relation, t.comment as description, c.column_name as column, c.data_type as type, c.comment as column_description
from (
    select schema_name, table_name as relation, comment from duckdb_tables() where database_name = 'warehouse'
    union all
    select schema_name, view_name, comment from duckdb_views() where database_name = 'warehouse' and not internal
) as t
inner join duckdb_columns() as c
    on c.database_name = 'warehouse' and c.schema_name = t.schema_name and c.table_name = t.relation
order by
    case t.schema_name when 'semantic' then 1 when 'marts' then 2 when 'canonical' then 3 else 4 end, t.relation, c.column_index
