-- Nothing is dropped on the way in: each finished load read as many rows as it loaded and quarantined.
select system, table_name, load_id, rows_read, rows_loaded, rows_quarantined
from {{ ref('fct_loads') }}
where status = 'finished' and rows_read <> rows_loaded + rows_quarantined
