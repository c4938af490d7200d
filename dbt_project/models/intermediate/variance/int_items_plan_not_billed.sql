-- Bridge 2, the plan's side: planned lines that are not due, due, reached or billed. One row per record, driver and run
-- of days. Due time and expense lines stand against the work done (int_items_work).
with lines as (
    select
        engagement_id,
        case
            when stage = 'not_due' then 'not_due_yet'
            when stage = 'paused' then 'paused'
            when stage = 'ended' then 'project_ended'
            when kind = 'time' then 'hours'
            when kind = 'expense' then 'expenses'
            when kind = 'milestone' then 'milestone_not_reached'
        end as driver,
        source_system, 'psa_budget_lines' as source_object,
        source_id, record_url, revenue_type, currency,
        -native_amount as native_amount, cast(-cc_amount as decimal(18, 2)) as amount, effective_from, effective_to
    from {{ ref('int_plan_stages') }}
    where not is_missing_fx_rate and stage <> 'reached' and not (kind = 'recurring' and stage = 'due')
),

targets as (
    select
        days.engagement_id,
        case days.kind when 'milestone' then 'milestone_not_billed' else 'recurring_not_billed' end as driver,
        coalesce(milestones.source_system, days.source_system) as source_system,
        case days.kind when 'milestone' then 'psa_milestones' else 'psa_budget_lines' end as source_object,
        -- one record however often its plan line is written anew: what it is expected by counts from its first day
        coalesce(milestones.source_id, first_value(days.source_id) over (
            partition by days.engagement_id, days.target_key order by days.effective_from desc
        )) as source_id,
        coalesce(milestones.record_url, days.record_url) as record_url, 'service' as revenue_type, days.currency,
        cast(null as decimal(18, 4)) as native_amount,
        cast(days.settled_amount - days.planned_amount as decimal(18, 2)) as amount, days.effective_from, days.effective_to
    from {{ ref('int_target_days') }} as days
    left join {{ ref('psa_milestones') }} as milestones on days.target_key = milestones.milestone_id
    where days.is_open
),

rates as (
    select
        engagement_id, case when is_missing_fx_rate then 'missing_fx_rate' else 'fx' end as driver, source_system,
        'psa_budget_lines' as source_object, source_id, record_url,
        revenue_type, currency, -native_amount as native_amount, cast(cc_amount - amount as decimal(18, 2)) as amount,
        effective_from, effective_to
    from {{ ref('int_plan_lines') }}
)

select 'planned_to_billed' as bridge, *, '' as part, cast(null as varchar) as reason, false as is_inferred from lines
union all by name
select 'planned_to_billed' as bridge, *, 'target' as part, cast(null as varchar) as reason, false as is_inferred from targets
union all by name
select 'planned_to_billed' as bridge, *, cast(effective_from as varchar) as part, cast(null as varchar) as reason,
    false as is_inferred from rates
