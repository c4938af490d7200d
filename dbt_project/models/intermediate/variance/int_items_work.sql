-- Bridge 2, the work's side: hours and expenses against the plan, and what of their value is not invoiced yet. One row per
-- work, driver and run of days.
with counted as (
    select
        work.engagement_id, parts.driver, work.work_id, work.work_type, '' as part, parts.amount, parts.reason,
        parts.effective_from, parts.effective_to
    from {{ ref('int_work') }} as work
    inner join {{ ref('int_work_days') }} as days on work.work_id = days.work_id and work.work_type = days.work_type
    cross join lateral (
        select 'work_not_planned' as driver, work.cc_amount as amount, cast(null as varchar) as reason,
            days.effective_from, days.effective_to
        where not days.is_planned
        union all
        select 'worked_before_due' as driver, days.planned_amount as amount, null as reason,
            days.effective_from, least(days.due_day, days.effective_to) as effective_to
        where days.is_planned and days.due_day > days.effective_from
        union all
        select case work.work_type when 'expense' then 'expenses' else 'hours' end as driver,
            days.planned_amount as amount, null as reason,
            greatest(coalesce(days.due_day, days.effective_from), days.effective_from) as effective_from, days.effective_to
        where days.is_planned
        union all
        select
            case when not work.is_billable then 'non_billable_time'
                when work.is_missing_bill_rate then 'missing_bill_rate' else 'rate' end as driver,
            work.cc_amount - days.planned_amount as amount,
            case when not work.is_billable then work.non_billable_reason end as reason,
            days.effective_from, days.effective_to
        where days.is_planned and work.work_type = 'time_entry'
    ) as parts
),

not_billed as (
    select
        work.engagement_id, phases.phase as driver, work.work_id, work.work_type, '' as part, -phases.open_amount as amount,
        case phases.phase when 'written_off' then work.write_off_reason end as reason,
        phases.effective_from, phases.effective_to
    from {{ ref('int_work') }} as work
    inner join {{ ref('int_work_phases') }} as phases on work.work_id = phases.work_id and work.work_type = phases.work_type
),

-- time invoiced before it was worked
early as (
    select
        work.engagement_id, 'billed_in_advance' as driver, work.work_id, work.work_type,
        settlements.invoice_line_id as part,
        cast(cast(settlements.cents as decimal(38, 0)) * 0.01 as decimal(18, 2)) as amount, cast(null as varchar) as reason,
        settlements.effective_from, least(settlements.effective_to, work.work_date) as effective_to
    from {{ ref('int_settlements') }} as settlements
    inner join {{ ref('int_work') }} as work
        on settlements.target_key = work.work_id and settlements.target_type = work.work_type
    where settlements.disposition = 'settled' and settlements.effective_from < work.work_date
),

unvalued as (
    select
        engagement_id, 'missing_fx_rate' as driver, work_id, work_type, '' as part, cast(0 as decimal(18, 2)) as amount,
        cast(null as varchar) as reason, work_date as effective_from, {{ forever() }} as effective_to
    from {{ ref('int_work') }} where is_missing_fx_rate
),

items as (
    select * from counted
    union all select * from not_billed
    union all select * from early
    union all select * from unvalued
)

select
    'planned_to_billed' as bridge, items.driver, items.engagement_id, work.source_system,
    case items.work_type when 'expense' then 'psa_expenses' else 'psa_time_entries' end as source_object,
    work.source_id, items.part, work.record_url,
    case items.work_type when 'expense' then 'pass_through' else 'service' end as revenue_type, items.reason,
    work.currency, work.native_amount, cast(items.amount as decimal(18, 2)) as amount, items.effective_from,
    items.effective_to, false as is_inferred
from items
inner join {{ ref('int_work') }} as work on items.work_id = work.work_id and items.work_type = work.work_type
where items.effective_from < items.effective_to
