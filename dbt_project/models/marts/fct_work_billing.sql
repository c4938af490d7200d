-- How long from work to its invoice. One row per time entry that was invoiced.
with invoiced as (
    select target_key as time_entry_id, min(effective_from) as invoiced_on
    from {{ ref('int_settlements') }}
    where target_type = 'time_entry' and disposition = 'settled'
    group by target_key
)

select
    work.engagement_id, work.work_id as time_entry_id, coalesce(work.role, '(none)') as role,
    cast(case when work.approved_on < {{ forever() }} then greatest(invoiced.invoiced_on - work.approved_on, 0) end as integer)
        as days_from_approval,
    cast(greatest(
        invoiced.invoiced_on - cast(cast({{ dbt.date_trunc('month', 'work.work_date') }} as date) + to_months(1) as date) + 1, 0
    ) as integer) as days_from_month_end,
    invoiced.invoiced_on - work.approved_on <= drivers.sla_days as is_within_sla, work.work_date,
    invoiced.invoiced_on as metric_date
from invoiced
inner join {{ ref('int_work') }} as work on work.work_type = 'time_entry' and invoiced.time_entry_id = work.work_id
left join {{ ref('variance_drivers') }} as drivers
    on drivers.bridge = 'planned_to_billed' and drivers.driver = 'approved_not_billed'
