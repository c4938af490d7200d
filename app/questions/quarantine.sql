-- Rows that were read and not loaded, with the reason. One row per refused value.
select q.system, q.table_name, q.file, q.line, q.column_name, q.value, q.reason, q.load_id
from marts.fct_quarantined_rows as q
order by q.system, q.table_name, q.file, q.line
limit $limit
