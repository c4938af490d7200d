-- A day is a day in the firm's time zone, wherever a moment of a system's history becomes one.
with moments as (
    select 'deal won' as what, deal_id as record, won_at as moment, won_date as day from {{ ref('int_deal_wins') }}
    union all
    select 'milestone reached', days.milestone_id, milestones.reached_at, days.reached_on
    from {{ ref('int_milestone_days') }} as days
    inner join {{ ref('psa_milestones') }} as milestones on days.milestone_id = milestones.milestone_id
    union all
    select 'time approved', work.work_id, entries.approved_at, work.approved_on
    from {{ ref('int_work') }} as work
    inner join {{ ref('psa_time_entries') }} as entries on work.work_id = entries.time_entry_id and work.work_type = 'time_entry'
    where entries.status = 'approved' and entries.approved_at is not null and work.approved_on > work.work_date
)

select what, record, moment, day from moments
where day is distinct from cast((moment at time zone '{{ var("business_time_zone") }}') as date)
