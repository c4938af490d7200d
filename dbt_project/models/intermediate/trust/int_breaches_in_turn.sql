-- Fields that two systems change in turn, each undoing the other. One row per pair of records and field; value_before and
-- value_after are the last two values.
with pairs as (
    select
        map.field as label, ties.to_table, ties.to_column, ties.from_table, ties.from_column, ties.owner_key, ties.copy_key,
        ties.source_system, ties.source_id, ties.record_url, ties.member, ties.project_id
    from {{ ref('int_copied_fields') }} as ties
    inner join {{ ref('integration_map') }} as map
        on ties.to_table = map.to_table and ties.to_column = map.to_column and ties.from_table = map.from_table
),

changes as (
    select pairs.*, 'owner' as side, told.field_value, told.changed_at
    from pairs
    inner join {{ ref('int_field_values') }} as told
        on pairs.from_table = told.canonical_table and pairs.owner_key = told.record_key and pairs.from_column = told.field
    where told.is_change
    union all
    select pairs.*, 'copy' as side, told.field_value, told.changed_at
    from pairs
    inner join {{ ref('int_field_values') }} as told
        on pairs.to_table = told.canonical_table and pairs.copy_key = told.record_key and pairs.to_column = told.field
    where told.is_change
),

-- the one side, the other, and the one again within thirty days, back to another value each time
turns as (
    select
        *, lag(side, 1) over in_time as side_before, lag(side, 2) over in_time as side_before_that,
        lag(field_value, 1) over in_time as value_before, lag(field_value, 2) over in_time as value_before_that,
        lag(changed_at, 2) over in_time as began_at
    from changes
    window in_time as (partition by to_table, to_column, owner_key, copy_key order by changed_at, side)
)

select
    'field_changed_in_turn' as rule, projects.engagement_id, clients.client_id, turns.source_system,
    turns.to_table as source_object, turns.source_id, turns.record_url, turns.to_column as field,
    turns.value_before, turns.field_value as value_after, cast(null as varchar) as changed_by,
    cast(null as decimal(18, 4)) as native_amount, cast(null as varchar) as currency,
    {{ business_date('turns.changed_at') }} as happened_on, turns.changed_at, cast(null as date) as resolved_on
from turns
left join {{ ref('int_engagement_members') }} as projects
    on projects.member_type = 'project' and turns.project_id = projects.member_key
left join {{ ref('int_client_members') }} as clients on turns.member = clients.member
where turns.side = turns.side_before_that and turns.side <> turns.side_before
    and turns.field_value <> turns.value_before and turns.value_before <> turns.value_before_that
    and epoch(turns.changed_at) - epoch(turns.began_at) <= 30 * 86400
qualify row_number() over (
    partition by turns.to_table, turns.to_column, turns.source_system, turns.source_id order by turns.changed_at desc
) = 1
