-- Every load of every source. One row per load and table.
select
    load_id, system, source, table_name, started_at, finished_at, loaded_at, cast(rows_read as bigint) as rows_read,
    cast(rows_loaded as bigint) as rows_loaded, cast(rows_quarantined as bigint) as rows_quarantined, cursor,
    schema_changes, status, error
from {{ source('raw_tieout', 'loads') }}
