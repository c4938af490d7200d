-- What each assignment held as its week began: the version then in effect. What the first load showed was always so.
-- One row per assignment.
with versions as (
    select
        source_system || ':' || source_id as assignment_id, hours, week_start,
        case when valid_from = min(valid_from) over (partition by source_system) then date '0001-01-01'
            else {{ business_date('valid_from') }} end as known_from,
        coalesce({{ business_date('valid_to') }}, {{ forever() }}) as known_to
    from {{ ref('stg_template__psa_assignment_versions') }}
)

select assignment_id, hours as believed_hours, week_start as believed_week_start
from versions
where known_from < week_start and known_to >= week_start
qualify row_number() over (partition by assignment_id order by known_from desc) = 1
