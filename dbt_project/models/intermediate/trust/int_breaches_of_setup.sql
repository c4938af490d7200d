-- Running projects without a price for their hours, or without anything that says when their fee is due. One row per project.
-- A firm that loads no rate cards, or no milestones, is asked for none.
with unpriced as (
    select projects.project_id
    from {{ ref('int_client_projects') }} as projects
    where projects.contract_type = 'time_and_materials' and projects.status in ('open', 'on_hold')
        and exists (select 1 from {{ ref('int_rate_cards') }})
        and not exists (
            select 1 from {{ ref('int_rate_cards') }} as cards
            where cards.currency = projects.currency
                and (cards.project_key is null or cards.project_key = projects.project_id)
                and (cards.client_key is null or cards.client_key = projects.company_id)
                and (cards.legal_entity is null or cards.legal_entity = projects.legal_entity)
                and coalesce(cards.effective_to, {{ forever() }}) >= coalesce(projects.start_date, projects.created_on)
                and cards.effective_from <= coalesce(projects.end_date, {{ forever() }})
        )
),

told_milestones as (
    select count(*) as milestones from {{ ref('psa_milestones') }}
),

breaches as (
    select
        'project_without_rate_card' as rule, unpriced.project_id, 'rate' as field,
        coalesce(projects.start_date, projects.created_on) as happened_on
    from unpriced inner join {{ ref('int_client_projects') }} as projects on unpriced.project_id = projects.project_id
    union all
    select
        'project_without_milestones' as rule, projects.project_id, 'milestone' as field,
        coalesce(projects.start_date, projects.created_on) as happened_on
    from {{ ref('int_client_projects') }} as projects
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
    'psa_projects' as source_object, projects.source_id, projects.record_url, breaches.field,
    cast(null as varchar) as value_before, cast(null as varchar) as value_after, cast(null as varchar) as changed_by,
    cast(null as decimal(18, 4)) as native_amount, projects.currency, breaches.happened_on,
    cast(null as timestamptz) as changed_at, cast(null as date) as resolved_on
from breaches inner join {{ ref('int_client_projects') }} as projects on breaches.project_id = projects.project_id
