-- What a load says it quarantined can be looked at, row by row.
select loads.system, loads.table_name, loads.load_id, loads.rows_quarantined, count(quarantined.reason) as rows_listed
from {{ ref('fct_loads') }} as loads
left join {{ ref('fct_quarantined_rows') }} as quarantined
    on loads.load_id = quarantined.load_id and loads.system = quarantined.system and loads.table_name = quarantined.table_name
where loads.status = 'finished'
group by loads.system, loads.table_name, loads.load_id, loads.rows_quarantined
having count(quarantined.reason) < loads.rows_quarantined
