-- Work that has a billing value: time and billable expenses, at cc. One row per time entry or expense.
-- Time has a billing value if the plan in effect on its work date has time lines with an amount; with no plan in effect,
-- if the project was time and materials that day. Other time is cost, and never WIP.
with priced_days as (
    select project_id, days_from, bool_or(is_priced) as is_priced from {{ ref('int_planned_rates') }} group by project_id, days_from
),

time_entries as (
    select
        entries.time_entry_id as work_id, 'time_entry' as work_type, entries.project_id,
        coalesce(entries.role, resources.role) as role, projects.currency, entries.hours, entries.bill_rate,
        entries.is_billable, cast(null as decimal(18, 4)) as native_amount, entries.status, entries.approved_at,
        entries.written_off_at, entries.write_off_reason, entries.non_billable_reason, entries.source_system,
        entries.source_id, entries.record_url, entries.work_date
    from {{ ref('psa_time_entries') }} as entries
    inner join {{ ref('psa_projects') }} as projects on entries.project_id = projects.project_id
    left join {{ ref('psa_resources') }} as resources on entries.resource_id = resources.resource_id
    inner join {{ ref('int_project_days') }} as days
        on entries.project_id = days.project_id
        and entries.work_date >= days.effective_from and entries.work_date < days.effective_to
    left join priced_days on days.project_id = priced_days.project_id and days.effective_from = priced_days.days_from
    left join {{ ref('int_contract_types') }} as contracts
        on case when days.version is null then entries.project_id end = contracts.project_id
        and entries.work_date >= contracts.effective_from and entries.work_date < contracts.effective_to
    where entries.deleted_at is null and entries.status <> 'rejected'
        and (priced_days.is_priced or contracts.contract_type = 'time_and_materials')
),

expenses as (
    select
        expense_id as work_id, 'expense' as work_type, project_id, cast(null as varchar) as role, currency,
        cast(null as decimal(18, 6)) as hours, cast(null as decimal(18, 6)) as bill_rate, is_billable,
        amount as native_amount, status, approved_at, written_off_at, write_off_reason,
        cast(null as varchar) as non_billable_reason, source_system, source_id, record_url, expense_date as work_date
    from {{ ref('psa_expenses') }}
    where deleted_at is null and status <> 'rejected' and is_billable
),

work as (
    select * from time_entries
    union all
    select * from expenses
),

rated as (
    select
        members.engagement_id, work.*, refs.rate is null and own.rate is null as is_missing_fx_rate,
        coalesce(refs.rate, own.rate, 0) as fx_rate
    from work
    inner join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and work.project_id = members.member_key
    left join {{ ref('int_reference_rates') }} as refs
        on members.engagement_id = refs.engagement_id and work.currency = refs.currency
    left join {{ ref('int_fx_rates') }} as own
        on case when refs.rate is null then work.currency end = own.currency
        and work.work_date >= own.valid_from and work.work_date < own.valid_to
)

select
    work_id, work_type, engagement_id, project_id, role, currency, hours, bill_rate,
    coalesce(native_amount, cast(round(cast(hours as decimal(38, 6)) * coalesce(bill_rate, 0), 4) as decimal(18, 4)))
        as native_amount,
    case
        when work_type = 'expense' then {{ converted('native_amount', 'fx_rate') }}
        when is_billable and bill_rate is not null then {{ worth('hours', 'bill_rate', 'fx_rate') }}
        else 0
    end as cc_amount,
    fx_rate, is_billable, is_missing_fx_rate,
    work_type = 'time_entry' and is_billable and bill_rate is null as is_missing_bill_rate,
    write_off_reason, non_billable_reason, source_system, source_id, record_url, work_date,
    case when status = 'approved'
        then greatest(work_date, coalesce({{ business_date('approved_at') }}, work_date))
        else {{ forever() }} end as approved_on,
    greatest(work_date, coalesce({{ business_date('written_off_at') }}, {{ forever() }})) as written_off_on
from rated
