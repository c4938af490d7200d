-- The bridge from sold to planned on one day, by hand, out of the records themselves. It is simpler than the real one: a deal
-- counts from its close date at its present amount; a plan at its highest version; both at the rate of the engagement's first
-- won day; and what was handed over is one difference, not split by role, price and pass-through.
with rates as (
    select currency, rate, rate_date from canonical.fx_rates where deleted_at is null
    union all
    select 'USD', 1, date '0001-01-01'
),

deals as (
    select
        members.engagement_id, deals.deal_id, deals.amount - coalesce(deals.tax_amount, 0) as amount, deals.currency,
        deals.close_date, deals.change_order_number
    from canonical.crm_deals as deals
    inner join marts.engagement_members as members on members.member_type = 'deal' and members.member_key = deals.deal_id
    where deals.is_won and deals.deleted_at is null and deals.close_date <= $day
),

references_ as (
    select
        members.engagement_id, coalesce(min(deals.close_date), min(cast(members.created_at as date))) as day
    from marts.engagement_members as members
    left join canonical.crm_deals as deals
        on case members.member_type when 'deal' then members.member_key end = deals.deal_id and deals.is_won
    group by members.engagement_id
),

-- one rate per engagement and currency
reference_rates as (
    select references_.engagement_id, currencies.currency, rates.rate
    from references_
    cross join (select distinct currency from rates) as currencies
    asof join rates on currencies.currency = rates.currency and references_.day >= rates.rate_date
),

sold as (
    select
        deals.engagement_id, coalesce(deals.change_order_number, '') as number,
        sum(round(deals.amount * rates.rate, 2)) as amount
    from deals
    inner join reference_rates as rates on deals.engagement_id = rates.engagement_id and deals.currency = rates.currency
    group by all
),

versions as (
    select project_id, version, change_order_number
    from canonical.psa_budget_versions
    where deleted_at is null and effective_on <= $day
    qualify version = max(version) over (partition by project_id)
),

planned as (
    select
        members.engagement_id, coalesce(versions.change_order_number, '') as number,
        sum(round(lines.amount * rates.rate, 2)) as amount
    from versions
    inner join canonical.psa_budget_lines as lines
        on versions.project_id = lines.project_id and versions.version = lines.version and lines.deleted_at is null
    inner join canonical.psa_projects as projects
        on lines.project_id = projects.project_id and projects.deleted_at is null and projects.status <> 'draft'
    inner join marts.engagement_members as members
        on members.member_type = 'project' and members.member_key = projects.project_id
    inner join reference_rates as rates
        on members.engagement_id = rates.engagement_id and projects.currency = rates.currency
    group by all
),

engagements as (
    select
        coalesce(sold.engagement_id, planned.engagement_id) as engagement_id, coalesce(sold.amount, 0) as sold_amount,
        coalesce(planned.amount, 0) as planned_amount, sold.engagement_id is not null as is_sold,
        planned.engagement_id is not null as is_planned,
        coalesce(planned.numbers, []) as planned_numbers, coalesce(sold.numbers, []) as sold_numbers
    from (
        select engagement_id, sum(amount) as amount, list(number) filter (where number <> '') as numbers from sold group by all
    ) as sold
    full join (
        select engagement_id, sum(amount) as amount, list(number) filter (where number <> '') as numbers from planned group by all
    ) as planned on sold.engagement_id = planned.engagement_id
)

select
    case
        when not is_planned then 'not_handed_over'
        when not is_sold then 'planned_without_deal'
        when len(list_intersect(planned_numbers, sold_numbers)) > 0 then 'change_order'
        when len(planned_numbers) > 0 and planned_amount < sold_amount then 'scope_reduced'
        when len(planned_numbers) > 0 then 'change_order_not_sold'
        when len(sold_numbers) > 0 then 'change_order_not_planned'
        else 'handover'
    end as driver,
    sum(planned_amount - sold_amount) as amount, count(*) as engagement_count
from engagements
group by driver
