-- What has become of work: unapproved, approved and not billed, or written off, and how much of it is not settled by
-- invoice lines. One row per work and run of days in one phase with one open amount.
with settled as (
    select
        target_key as work_id, target_type as work_type, cents,
        effective_from, effective_to
    from {{ ref('int_settlements') }} where disposition = 'settled' and target_type in ('time_entry', 'expense')
),

phases as (
    select
        work.work_id, work.work_type, work.cc_amount, phases.phase,
        phases.effective_from, phases.effective_to
    from {{ ref('int_work') }} as work
    cross join lateral (
        select 'unapproved' as phase, work.work_date as effective_from,
            least(work.approved_on, work.written_off_on) as effective_to
        union all
        select 'approved_not_billed' as phase, work.approved_on as effective_from, work.written_off_on as effective_to
        union all
        select 'written_off' as phase, work.written_off_on as effective_from, {{ forever() }} as effective_to
    ) as phases
    where phases.effective_from < phases.effective_to and work.cc_amount <> 0
),

cuts as (
    select work_id, work_type, phase, cc_amount, effective_from as day, effective_to as phase_to from phases
    union
    select phases.work_id, phases.work_type, phases.phase, phases.cc_amount, bounds.day, phases.effective_to as phase_to
    from phases
    inner join settled on phases.work_id = settled.work_id and phases.work_type = settled.work_type
    cross join lateral (select unnest([settled.effective_from, settled.effective_to]) as day) as bounds
    where bounds.day > phases.effective_from and bounds.day < phases.effective_to
),

days as (
    select
        work_id, work_type, phase, cc_amount, day as effective_from,
        coalesce(lead(day) over (partition by work_id, work_type, phase order by day), phase_to) as effective_to
    from cuts
)

select
    days.work_id, days.work_type, days.phase,
    cast(days.cc_amount - cast(coalesce(sum(settled.cents), 0) as decimal(38, 0)) * 0.01 as decimal(18, 2)) as open_amount,
    days.effective_from, days.effective_to
from days
left join settled
    on days.work_id = settled.work_id and days.work_type = settled.work_type
    and days.effective_from >= settled.effective_from and days.effective_from < settled.effective_to
group by days.work_id, days.work_type, days.phase, days.cc_amount, days.effective_from, days.effective_to
