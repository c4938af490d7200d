-- Each project's days, cut wherever its version in effect, the lines of that version or its being ended change. One row per project and run of
-- days; ended_on is the day it was closed or cancelled, where it is.
with ends as (
    select project_id, effective_from, effective_to from {{ ref('int_project_status') }}
    where status in ('closed', 'cancelled')
),

merged_ends as (
    {{ merged_ranges('ends', ['project_id']) }}
),

cuts as (
    select project_id, date '0001-01-01' as day from {{ ref('psa_projects') }}
    union select project_id, effective_from as day from {{ ref('int_plan_changes') }}
    union select project_id, effective_to as day from {{ ref('int_plan_lines') }} where effective_to < version_effective_to
    union select project_id, effective_from as day from merged_ends
    union select project_id, effective_to as day from merged_ends where effective_to < {{ forever() }}
),

days as (
    select
        project_id, day as effective_from,
        coalesce(lead(day) over (partition by project_id order by day), {{ forever() }}) as effective_to
    from cuts
)

select
    members.engagement_id, days.project_id, plans.version, merged_ends.effective_from as ended_on,
    days.effective_from, days.effective_to
from days
inner join {{ ref('int_engagement_members') }} as members
    on members.member_type = 'project' and days.project_id = members.member_key
left join {{ ref('int_plan_changes') }} as plans
    on days.project_id = plans.project_id
    and days.effective_from >= plans.effective_from and days.effective_from < plans.effective_to
left join merged_ends
    on days.project_id = merged_ends.project_id
    and days.effective_from >= merged_ends.effective_from and days.effective_from < merged_ends.effective_to
