-- What went wrong on the way here: rows that could not be read, loads that failed, sources that are stale. One row per problem
-- and run of time; resolved_on is the day of the first load that went well again.
with finished as (
    select system, table_name, load_id, started_at, loaded_at from {{ ref('fct_loads') }} where status = 'finished'
),

-- a row stays quarantined for as long as every load of its table turns it away again
turned_away as (
    select
        quarantined.system, quarantined.table_name, quarantined.file, quarantined.line, quarantined.column_name,
        quarantined.value, quarantined.reason, quarantined.record, loads.loaded_at, loads.started_at
    from {{ ref('fct_quarantined_rows') }} as quarantined
    inner join {{ ref('fct_loads') }} as loads
        on quarantined.load_id = loads.load_id and quarantined.system = loads.system
        and quarantined.table_name = loads.table_name
),

quarantined as (
    select
        system, table_name, file, column_name, value, reason, record, min(line) as line, min(loaded_at) as first_at,
        max(started_at) as last_started_at
    from turned_away group by system, table_name, file, column_name, value, reason, record
),

quarantine as (
    select
        'quarantined_row' as kind, quarantined.system as source_system, quarantined.table_name as source_object,
        concat_ws(':', quarantined.file, cast(quarantined.line as varchar)) as source_id,
        quarantined.system || ' ' || quarantined.table_name || ': ' || quarantined.reason
            || case when quarantined.value is null or contains(quarantined.reason, quarantined.value) then ''
                else ' (' || quarantined.column_name || ' = ' || quarantined.value || ')' end as title,
        'Correct the row at its source and load again' as where_to_fix, cast(null as varchar) as owner_role,
        md5(concat_ws('|', quarantined.file, quarantined.column_name, quarantined.value, quarantined.reason, quarantined.record))
            as discriminator,
        quarantined.first_at, min(finished.loaded_at) as resolved_at
    from quarantined
    left join finished
        on quarantined.system = finished.system and quarantined.table_name = finished.table_name
        and finished.started_at > quarantined.last_started_at
    group by all
),

-- a table that no load has ever finished is mended by a load of its system that does not stumble over it
never_finished as (
    select loads.system, loads.table_name, loads.load_id from {{ ref('fct_loads') }} as loads
    left join finished on loads.system = finished.system and loads.table_name = finished.table_name
    where loads.status <> 'finished' and finished.load_id is null
),

mended as (
    select system, table_name, started_at, loaded_at from finished
    union all
    select failed.system, failed.table_name, finished.started_at, finished.loaded_at
    from (select distinct system, table_name from never_finished) as failed
    inner join finished on failed.system = finished.system
    left join never_finished
        on failed.system = never_finished.system and failed.table_name = never_finished.table_name
        and finished.load_id = never_finished.load_id
    where never_finished.load_id is null
),

failed_loads as (
    select
        loads.system, loads.table_name, loads.status, loads.error, loads.started_at, loads.loaded_at,
        min(mended.loaded_at) as resolved_at
    from {{ ref('fct_loads') }} as loads
    left join mended
        on loads.system = mended.system and loads.table_name = mended.table_name and mended.started_at > loads.started_at
    where loads.status <> 'finished'
    group by all
),

load_failures as (
    select
        'failed_load' as kind, system as source_system, table_name as source_object, system as source_id,
        'The load of ' || concat_ws(' ', system, nullif(table_name, '')) || ' was '
            || case arg_max(status, started_at) when 'refused' then 'refused' else 'broken off' end || ': '
            || coalesce(arg_max(error, started_at), 'no reason is told') as title,
        'Mend the source or its configuration and load again' as where_to_fix, cast(null as varchar) as owner_role,
        coalesce(cast(resolved_at as varchar), '') as discriminator, min(loaded_at) as first_at, resolved_at
    from failed_loads group by system, table_name, resolved_at
),

newest as (
    select
        finished.system, finished.table_name, systems.source, max(finished.loaded_at) as loaded_at
    from finished inner join {{ ref('int_systems') }} as systems on finished.system = systems.system_name
    group by finished.system, finished.table_name, systems.source
),

stale as (
    select
        'stale_source' as kind, newest.system as source_system, newest.table_name as source_object, newest.system as source_id,
        newest.system || ' ' || newest.table_name || ' was last loaded on '
            || cast({{ business_date('newest.loaded_at') }} as varchar) || '.' as title,
        'Load the source again, or end it in tieout.toml' as where_to_fix, min(register.owner_role) as owner_role,
        '' as discriminator, newest.loaded_at + to_days(1 + min(register.stale_after_days)) as first_at,
        cast(null as timestamptz) as resolved_at
    from newest
    inner join {{ ref('systems') }} as register
        on newest.source = register.source and newest.table_name = register.table_name
        and register.system in ('*', newest.system)
    group by newest.system, newest.table_name, newest.loaded_at
    having {{ business_date('newest.loaded_at') }} + min(register.stale_after_days) < date '{{ var("business_day") }}'
),

problems as (
    select * from quarantine
    union all select * from load_failures
    union all select * from stale
)

select
    kind, source_system, source_object, source_id, title, where_to_fix, owner_role, discriminator,
    {{ business_date('first_at') }} as first_seen_on, {{ business_date('resolved_at') }} as resolved_on
from problems
