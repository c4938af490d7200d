-- How fresh each system is. One row per system: its newest finished load, and what went wrong in its newest load.
select
    l.system, any_value(l.source) as source,
    max(l.loaded_at) filter (where l.status = 'finished') as loaded_at,
    count(distinct l.table_name) as table_count,
    cast(sum(l.rows_read) filter (where l.is_newest) as bigint) as rows_read,
    cast(sum(l.rows_loaded) filter (where l.is_newest) as bigint) as rows_loaded,
    cast(sum(l.rows_quarantined) filter (where l.is_newest) as bigint) as rows_quarantined,
    string_agg(l.table_name || ': ' || coalesce(l.error, l.status), '; ' order by l.table_name) filter (where l.is_newest and l.status <> 'finished') as problem
from (
    select f.*, row_number() over (partition by f.system, f.table_name order by f.started_at desc, f.load_id desc) = 1 as is_newest
    from marts.fct_loads as f
) as l
group by l.system
order by l.system
