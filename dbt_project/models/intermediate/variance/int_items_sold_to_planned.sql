-- Bridge 1: why what is planned differs from what was sold. One row per record, driver and run of days.
with passing as (
    select distinct engagement_id from {{ ref('int_sold') }} where revenue_type = 'pass_through' and not is_change_order
),

naming as (
    select engagement_id, list(role) as sold_roles from {{ ref('int_sold_roles') }} group by engagement_id
),

-- the sold side leaves (-) what the deal promised
sold_rows as (
    select
        sold.engagement_id,
        case
            when sold.is_change_order and list_contains(days.planned_numbers, sold.change_order_number) then 'change_order'
            when sold.is_change_order then 'change_order_not_planned'
            when not days.has_first_plan then 'not_handed_over'
            when sold.revenue_type = 'pass_through' then 'handover_pass_through'
            when sold.hours > 0 and roles.sold_hours > 0 and list_contains(days.first_plan_roles, sold.role)
                then 'handover_hours'
            else 'handover_price'
        end as driver,
        deals.source_system, 'crm_deals' as source_object, deals.source_id, sold.row_key as part,
        deals.record_url, sold.revenue_type, cast(null as varchar) as reason, sold.currency,
        -sold.native_amount as native_amount, cast(-sold.cc_amount as decimal(18, 2)) as amount,
        greatest(sold.effective_from, days.effective_from) as effective_from,
        least(sold.effective_to, days.effective_to) as effective_to
    from {{ ref('int_sold') }} as sold
    inner join {{ ref('crm_deals') }} as deals on sold.deal_id = deals.deal_id
    inner join {{ ref('int_engagement_days') }} as days
        on sold.engagement_id = days.engagement_id
        and sold.effective_from < days.effective_to and sold.effective_to > days.effective_from
    left join {{ ref('int_sold_roles') }} as roles
        on sold.engagement_id = roles.engagement_id and sold.role = roles.role
    where not sold.is_missing_fx_rate
),

contributions as (
    select
        plans.*, days.has_won_deal, days.won_numbers, days.effective_from as days_from, days.effective_to as days_to,
        plans.cause = 'first_plan' and plans.kind = 'time' and roles.sold_hours > 0 and plans.planned_hours > 0
            and list_contains(days.first_plan_roles, plans.role) as is_by_the_hour,
        coalesce(plans.kind = 'expense' and passing.engagement_id is not null, false) as is_pass_through,
        coalesce(plans.kind = 'time' and plans.role is not null and naming.sold_roles is not null
            and not list_contains(naming.sold_roles, plans.role), false) as is_role_not_sold,
        case when roles.sold_hours > 0 and plans.planned_hours > 0 then plans.direction * {{ cents(
            scaled('plans.planned_hours', 6) ~ ' * roles.cc_value', scaled('roles.sold_hours', 6), 14
        ) }} end as at_sold_rate
    from {{ ref('int_plan_contributions') }} as plans
    inner join {{ ref('int_engagement_days') }} as days
        on plans.engagement_id = days.engagement_id and plans.day < days.effective_to
    left join {{ ref('int_sold_roles') }} as roles
        on plans.engagement_id = roles.engagement_id and plans.role = roles.role
    left join passing on plans.engagement_id = passing.engagement_id
    left join naming on plans.engagement_id = naming.engagement_id
    where not plans.is_missing_fx_rate
),

plan_rows as (
    select
        plans.engagement_id,
        case
            when not plans.has_won_deal then 'planned_without_deal'
            when plans.cause = 'replanned' then 'replanned'
            when plans.cause = 'change_order' and list_contains(plans.won_numbers, plans.change_order_number)
                then 'change_order'
            when plans.cause = 'change_order' and plans.change_cc_amount >= 0 then 'change_order_not_sold'
            when plans.cause = 'change_order' then 'scope_reduced'
            when plans.is_pass_through then 'handover_pass_through'
            when plans.is_role_not_sold then 'role_not_sold'
            when plans.is_by_the_hour then parts.driver
            else 'handover_price'
        end as driver,
        plans.source_system, 'psa_budget_lines' as source_object,
        plans.source_id,
        case plans.direction when 1 then 'in ' else 'out ' end || cast(plans.day as varchar) as part,
        plans.record_url, plans.revenue_type,
        case when not plans.has_won_deal then case when projects.is_internal then 'internal project' end
            when plans.cause = 'change_order' and plans.has_won_deal and plans.change_cc_amount < 0
                and not list_contains(plans.won_numbers, plans.change_order_number) then plans.approved_by end as reason,
        plans.currency, plans.native_amount,
        case
            when not plans.has_won_deal or plans.cause <> 'first_plan' or plans.is_pass_through
                or plans.is_role_not_sold or not coalesce(plans.is_by_the_hour, false) then plans.cc_amount
            when parts.driver = 'handover_hours' then plans.at_sold_rate
            else plans.cc_amount - plans.at_sold_rate
        end as amount,
        greatest(plans.day, plans.days_from) as effective_from,
        plans.days_to as effective_to
    from contributions as plans
    inner join {{ ref('psa_projects') }} as projects on plans.project_id = projects.project_id
    inner join (values ('handover_hours'), ('handover_rate')) as parts (driver)
        on parts.driver = 'handover_hours'
        or (plans.has_won_deal and plans.cause = 'first_plan' and not plans.is_pass_through
            and not plans.is_role_not_sold and plans.is_by_the_hour)
),

fx_rows as (
    select
        sold.engagement_id, case when sold.is_missing_fx_rate then 'missing_fx_rate' else 'fx' end as driver,
        deals.source_system, 'crm_deals' as source_object, deals.source_id, sold.row_key as part,
        deals.record_url, sold.revenue_type, cast(null as varchar) as reason, sold.currency,
        -sold.native_amount as native_amount, cast(sold.cc_amount - sold.amount as decimal(18, 2)) as amount,
        sold.effective_from, sold.effective_to
    from {{ ref('int_sold') }} as sold
    inner join {{ ref('crm_deals') }} as deals on sold.deal_id = deals.deal_id
    union all
    select
        engagement_id, case when is_missing_fx_rate then 'missing_fx_rate' else 'fx' end as driver, source_system,
        'psa_budget_lines' as source_object, source_id,
        cast(effective_from as varchar) as part, record_url, revenue_type, cast(null as varchar) as reason, currency,
        native_amount, cast(amount - cc_amount as decimal(18, 2)) as amount, effective_from, effective_to
    from {{ ref('int_plan_lines') }}
)

select 'sold_to_planned' as bridge, *, false as is_inferred from sold_rows
union all by name
select 'sold_to_planned' as bridge, *, false as is_inferred from plan_rows
union all by name
select 'sold_to_planned' as bridge, *, false as is_inferred from fx_rows
