-- Rows that could not be read, and why. One row per quarantined source row.
select load_id, system, table_name, file, line, column_name, value, reason, record
from {{ source('raw_tieout', 'quarantined_rows') }}
