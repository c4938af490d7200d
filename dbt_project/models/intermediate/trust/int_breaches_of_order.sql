-- Projects that came before their deal was won, or go beyond its dates. One row per project and date.
with project_deals as (
    select project_id, crm_deal_id as deal_id from {{ ref('psa_projects') }} where crm_deal_id is not null
    union
    select project_id, deal_id from {{ ref('psa_project_deals') }} where deleted_at is null
),

-- a deal that is not won yet counts as won on no day
first_wins as (
    select
        project_deals.project_id, min(wins.won_date) as won_date
    from project_deals
    inner join {{ ref('crm_deals') }} as deals on project_deals.deal_id = deals.deal_id
    left join {{ ref('int_deal_wins') }} as wins on project_deals.deal_id = wins.deal_id
    group by project_deals.project_id
),

-- the latest end that any deal of the engagement allows: change orders extend it
deal_dates as (
    select members.engagement_id, min(deals.start_date) as start_date, max(deals.end_date) as end_date
    from {{ ref('int_engagement_members') }} as members
    inner join {{ ref('crm_deals') }} as deals on members.member_type = 'deal' and members.member_key = deals.deal_id
    group by members.engagement_id
),

end_edits as (
    select project_id, max(changed_at) as changed_at
    from {{ ref('psa_project_history') }} where field = 'end_date' and deleted_at is null group by project_id
),

breaches as (
    select
        'project_before_deal_won' as rule, projects.project_id, 'created_at' as field,
        cast(first_wins.won_date as varchar) as value_before, cast(projects.created_on as varchar) as value_after,
        cast(null as decimal(18, 4)) as native_amount, projects.created_on as happened_on, projects.created_at as changed_at,
        first_wins.won_date as resolved_on
    from {{ ref('int_client_projects') }} as projects inner join first_wins on projects.project_id = first_wins.project_id
    where projects.created_on < coalesce(first_wins.won_date, {{ forever() }})
    union all
    select
        'project_dates_outside_deal' as rule, projects.project_id, 'start_date' as field,
        cast(deal_dates.start_date as varchar) as value_before, cast(projects.start_date as varchar) as value_after,
        null as native_amount, projects.created_on as happened_on, null as changed_at, null as resolved_on
    from {{ ref('int_client_projects') }} as projects inner join deal_dates on projects.engagement_id = deal_dates.engagement_id
    where projects.start_date < deal_dates.start_date
    union all
    select
        'project_dates_outside_deal' as rule, projects.project_id, 'end_date' as field,
        cast(deal_dates.end_date as varchar) as value_before, cast(projects.end_date as varchar) as value_after,
        null as native_amount, {{ business_date('coalesce(end_edits.changed_at, projects.created_at)') }} as happened_on,
        end_edits.changed_at, null as resolved_on
    from {{ ref('int_client_projects') }} as projects
    inner join deal_dates on projects.engagement_id = deal_dates.engagement_id
    left join end_edits on projects.project_id = end_edits.project_id
    where projects.end_date > deal_dates.end_date
)

select
    breaches.rule, projects.engagement_id, projects.company_id as client_id, projects.source_system,
    'psa_projects' as source_object, projects.source_id, projects.record_url, breaches.field, breaches.value_before,
    breaches.value_after, cast(null as varchar) as changed_by, breaches.native_amount, projects.currency,
    breaches.happened_on, breaches.changed_at, cast(breaches.resolved_on as date) as resolved_on
from breaches inner join {{ ref('int_client_projects') }} as projects on breaches.project_id = projects.project_id
