-- When projects were on hold. One row per project and hold; closing a project ends a hold.
with holds as (
    select project_id, effective_from, effective_to from {{ ref('int_project_status') }} where status = 'on_hold'
)

{{ merged_ranges('holds', ['project_id']) }}
