-- Each engagement's days, cut wherever one of its deals is won or lost or one of its plans changes, with what holds on
-- them. One row per engagement and run of days.
with wins as (
    select members.engagement_id, wins.change_order_number, wins.won_date, wins.lost_date
    from {{ ref('int_deal_wins') }} as wins
    inner join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'deal' and wins.deal_id = members.member_key
),

plans as (
    select members.engagement_id, plans.project_id, plans.version, plans.cause, plans.change_order_number, plans.effective_from
    from {{ ref('int_plan_changes') }} as plans
    inner join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and plans.project_id = members.member_key
),

first_roles as (
    select plans.engagement_id, lines.role, min(plans.effective_from) as effective_from
    from plans
    inner join {{ ref('psa_budget_lines') }} as lines
        on plans.project_id = lines.project_id and plans.version = lines.version
    where plans.cause = 'first_plan' and lines.kind = 'time' and lines.planned_hours > 0 and lines.role is not null
    group by plans.engagement_id, lines.role
),

cuts as (
    select engagement_id, won_date as day from wins
    union select engagement_id, lost_date as day from wins where lost_date < {{ forever() }}
    union select engagement_id, effective_from as day from plans
),

days as (
    select
        engagement_id, day as effective_from,
        coalesce(lead(day) over (partition by engagement_id order by day), {{ forever() }}) as effective_to
    from cuts
),

deal_states as (
    select
        days.engagement_id, days.effective_from,
        list(distinct wins.change_order_number) filter (where wins.change_order_number is not null) as won_numbers,
        count(wins.won_date) > 0 as has_won_deal
    from days
    left join wins
        on days.engagement_id = wins.engagement_id
        and days.effective_from >= wins.won_date and days.effective_from < wins.lost_date
    group by days.engagement_id, days.effective_from
),

plan_states as (
    select
        days.engagement_id, days.effective_from,
        list(distinct plans.change_order_number) filter (where plans.change_order_number is not null) as planned_numbers,
        coalesce(bool_or(plans.cause = 'first_plan'), false) as has_first_plan
    from days
    left join plans on days.engagement_id = plans.engagement_id and days.effective_from >= plans.effective_from
    group by days.engagement_id, days.effective_from
),

role_states as (
    select days.engagement_id, days.effective_from, list(first_roles.role) as first_plan_roles
    from days
    inner join first_roles
        on days.engagement_id = first_roles.engagement_id and days.effective_from >= first_roles.effective_from
    group by days.engagement_id, days.effective_from
)

select
    days.engagement_id,
    coalesce(deal_states.won_numbers, []) as won_numbers,
    coalesce(plan_states.planned_numbers, []) as planned_numbers,
    coalesce(role_states.first_plan_roles, []) as first_plan_roles,
    deal_states.has_won_deal,
    plan_states.has_first_plan,
    days.effective_from,
    days.effective_to
from days
inner join deal_states on days.engagement_id = deal_states.engagement_id and days.effective_from = deal_states.effective_from
inner join plan_states on days.engagement_id = plan_states.engagement_id and days.effective_from = plan_states.effective_from
left join role_states on days.engagement_id = role_states.engagement_id and days.effective_from = role_states.effective_from
