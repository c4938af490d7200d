-- Work that came before, or goes beyond, what allows it. One row per breach of a rule about the order of things.
with projects as (
    select
        projects.*, members.engagement_id, clients.client_id as company_id,
        {{ business_date('projects.created_at') }} as created_on
    from {{ ref('psa_projects') }} as projects
    left join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and projects.project_id = members.member_key
    left join {{ ref('int_client_members') }} as clients on 'psa:' || projects.client_id = clients.member
    where projects.deleted_at is null and not coalesce(projects.is_internal, false)
),

project_deals as (
    select project_id, crm_deal_id as deal_id from {{ ref('psa_projects') }} where crm_deal_id is not null
    union
    select project_id, deal_id from {{ ref('psa_project_deals') }} where deleted_at is null
),

-- a deal that is not won yet counts as won on no day
first_wins as (
    select
        project_deals.project_id, min(wins.won_date) as won_date, min(deals.start_date) as start_date,
        max(deals.end_date) as end_date
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

held_clients as (
    select clients.client_id, min({{ business_date('holds.standing_since') }}) as held_from
    from {{ ref('int_field_values') }} as holds
    inner join {{ ref('int_client_members') }} as clients on 'accounting:' || holds.record_key = clients.member
    where holds.canonical_table = 'accounting_customers' and holds.field = 'is_on_credit_hold'
        and holds.field_value = 'true' and holds.is_latest
    group by clients.client_id
),

held_work as (
    select
        projects.project_id, held_clients.held_from, min(entries.work_date) as first_day, max(entries.work_date) as last_day,
        sum(entries.hours) as hours,
        cast(round(sum(case when entries.is_billable then cast(entries.hours as decimal(38, 6)) * entries.bill_rate end), 4)
            as decimal(18, 4)) as native_amount
    from held_clients
    inner join projects on held_clients.client_id = projects.company_id
    inner join {{ ref('psa_time_entries') }} as entries on projects.project_id = entries.project_id
    where entries.work_date > held_clients.held_from and entries.deleted_at is null and entries.status <> 'rejected'
    group by projects.project_id, held_clients.held_from
),

unpriced as (
    select projects.project_id
    from projects
    where projects.contract_type = 'time_and_materials' and projects.status in ('open', 'on_hold')
        and exists (select 1 from {{ ref('int_rate_cards') }})
        and not exists (
            select 1 from {{ ref('int_rate_cards') }} as cards
            where cards.currency = projects.currency
                and (cards.project_key is null or cards.project_key = projects.project_id)
                and (cards.client_key is null or cards.client_key = projects.company_id)
                and (cards.legal_entity is null or cards.legal_entity = projects.legal_entity)
                and coalesce(cards.effective_to, {{ forever() }}) >= coalesce(projects.start_date, projects.created_on)
        )
),

told_milestones as (
    select count(*) as milestones from {{ ref('psa_milestones') }}
),

breaches as (
    select
        'project_before_deal_won' as rule, projects.project_id, 'created_at' as field,
        cast(first_wins.won_date as varchar) as value_before, cast(projects.created_on as varchar) as value_after,
        cast(null as decimal(18, 4)) as native_amount, projects.created_on as happened_on, projects.created_at as changed_at,
        first_wins.won_date as resolved_on
    from projects inner join first_wins on projects.project_id = first_wins.project_id
    where projects.created_on < coalesce(first_wins.won_date, {{ forever() }})
    union all
    select
        'project_dates_outside_deal' as rule, projects.project_id, 'start_date' as field,
        cast(deal_dates.start_date as varchar) as value_before, cast(projects.start_date as varchar) as value_after,
        null as native_amount, projects.created_on as happened_on, null as changed_at, null as resolved_on
    from projects inner join deal_dates on projects.engagement_id = deal_dates.engagement_id
    where projects.start_date < deal_dates.start_date
    union all
    select
        'project_dates_outside_deal' as rule, projects.project_id, 'end_date' as field,
        cast(deal_dates.end_date as varchar) as value_before, cast(projects.end_date as varchar) as value_after,
        null as native_amount, {{ business_date('coalesce(end_edits.changed_at, projects.created_at)') }} as happened_on,
        end_edits.changed_at, null as resolved_on
    from projects
    inner join deal_dates on projects.engagement_id = deal_dates.engagement_id
    left join end_edits on projects.project_id = end_edits.project_id
    where projects.end_date > deal_dates.end_date
    union all
    select
        'work_on_credit_hold' as rule, project_id, 'hours' as field, cast(held_from as varchar) as value_before,
        cast(hours as varchar) as value_after, native_amount, first_day as happened_on, null as changed_at, null as resolved_on
    from held_work
    union all
    select
        'project_without_rate_card' as rule, unpriced.project_id, 'rate' as field, null as value_before, null as value_after,
        null as native_amount, coalesce(projects.start_date, projects.created_on) as happened_on, null as changed_at,
        null as resolved_on
    from unpriced inner join projects on unpriced.project_id = projects.project_id
    union all
    select
        'project_without_milestones' as rule, projects.project_id, 'milestone' as field, null as value_before,
        null as value_after, null as native_amount, coalesce(projects.start_date, projects.created_on) as happened_on,
        null as changed_at, null as resolved_on
    from projects
    cross join told_milestones
    left join {{ ref('psa_milestones') }} as milestones
        on projects.project_id = milestones.project_id and milestones.deleted_at is null
    left join {{ ref('psa_budget_lines') }} as lines
        on projects.project_id = lines.project_id and lines.kind = 'milestone' and lines.deleted_at is null
    where projects.contract_type = 'fixed_fee' and projects.status in ('open', 'on_hold') and told_milestones.milestones > 0
        and milestones.milestone_id is null and lines.budget_line_id is null
)

select
    breaches.rule, projects.engagement_id, projects.company_id as client_id, projects.source_system,
    'psa_projects' as source_object, projects.source_id, projects.record_url, breaches.field, breaches.value_before,
    breaches.value_after, cast(null as varchar) as changed_by, breaches.native_amount, projects.currency,
    breaches.happened_on, breaches.changed_at, cast(breaches.resolved_on as date) as resolved_on
from breaches inner join projects on breaches.project_id = projects.project_id
union all
select * from {{ ref('int_breaches_of_names') }}
