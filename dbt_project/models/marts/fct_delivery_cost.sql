-- What delivery costs: hours at the cost rate in force on the day, and expenses. One row per time entry or expense that was not
-- rejected.
with rates as (
    select
        resource_id, currency, hourly_cost, effective_from,
        coalesce(lead(effective_from) over (partition by resource_id order by effective_from), {{ forever() }}) as effective_to
    from {{ ref('psa_cost_rates') }}
    where deleted_at is null
    qualify row_number() over (partition by resource_id, effective_from order by source_system, currency) = 1
),

work as (
    select
        entries.project_id, entries.resource_id, 'time' as cost_kind, 'service' as revenue_type, entries.time_entry_id as work_id,
        coalesce(entries.role, resources.resource_role, '(none)') as role, entries.source_system, entries.source_id,
        entries.record_url, rates.currency as native_currency, entries.hours,
        rates.hourly_cost as native_cost, rates.hourly_cost is null as is_missing_cost_rate, entries.work_date as metric_date
    from {{ ref('psa_time_entries') }} as entries
    left join {{ ref('dim_resources') }} as resources on entries.resource_id = resources.resource_id
    left join rates
        on entries.resource_id = rates.resource_id
        and entries.work_date >= rates.effective_from and entries.work_date < rates.effective_to
    where entries.deleted_at is null and entries.status <> 'rejected'
    union all
    select
        project_id, resource_id, 'expense' as cost_kind, 'pass_through' as revenue_type, expense_id as work_id, '(none)' as role,
        source_system, source_id, record_url, currency as native_currency, 1 as hours, amount as native_cost,
        false as is_missing_cost_rate, expense_date as metric_date
    from {{ ref('psa_expenses') }}
    where deleted_at is null and status <> 'rejected'
)

select
    members.engagement_id, work.project_id, work.resource_id, work.work_id, work.cost_kind, work.revenue_type, work.role,
    work.source_system, work.source_id, work.record_url, work.native_currency,
    coalesce({{ worth('work.hours', 'work.native_cost', 'fx.rate') }}, 0) as delivery_cost_amount,
    work.is_missing_cost_rate, fx.rate is null and not work.is_missing_cost_rate as is_missing_fx_rate, work.metric_date
from work
left join {{ ref('int_engagement_members') }} as members
    on members.member_type = 'project' and work.project_id = members.member_key
left join {{ ref('int_fx_rates') }} as fx
    on work.native_currency = fx.currency and work.metric_date >= fx.valid_from and work.metric_date < fx.valid_to
