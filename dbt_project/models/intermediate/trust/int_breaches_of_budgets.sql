-- Budgets and deals that are one number: both edited alike within a day, so that one copies the other. One row per budget
-- version.
with budgets as (
    select
        versions.project_id, versions.version, versions.created_at, projects.currency, projects.source_system,
        projects.source_id, projects.record_url, sum(lines.amount) as amount,
        sum(lines.amount) - lag(sum(lines.amount)) over (partition by versions.project_id order by versions.version)
            as changed_amount
    from {{ ref('psa_budget_versions') }} as versions
    inner join {{ ref('psa_projects') }} as projects on versions.project_id = projects.project_id
    inner join {{ ref('psa_budget_lines') }} as lines
        on versions.project_id = lines.project_id and versions.version = lines.version
    where versions.deleted_at is null and lines.deleted_at is null
    group by
        versions.project_id, versions.version, versions.created_at, projects.currency, projects.source_system,
        projects.source_id, projects.record_url
),

deal_edits as (
    select
        history.deal_id, history.changed_at, history.old_value, history.new_value, history.changed_by, deals.currency,
        try_cast(history.new_value as decimal(18, 4)) as amount,
        try_cast(history.new_value as decimal(18, 4)) - try_cast(history.old_value as decimal(18, 4)) as changed_amount
    from {{ ref('crm_deal_history') }} as history
    inner join {{ ref('crm_deals') }} as deals on history.deal_id = deals.deal_id
    where history.field = 'amount' and history.deleted_at is null
)

select
    'budget_synced_back' as rule, ones.engagement_id, cast(null as varchar) as client_id, budgets.source_system,
    'psa_budget_versions' as source_object, budgets.source_id || '|' || budgets.version as source_id, budgets.record_url,
    'amount' as field, cast(budgets.amount - budgets.changed_amount as varchar) as value_before,
    cast(budgets.amount as varchar) as value_after, deal_edits.changed_by, budgets.changed_amount as native_amount,
    budgets.currency, {{ business_date('greatest(budgets.created_at, deal_edits.changed_at)') }} as happened_on,
    greatest(budgets.created_at, deal_edits.changed_at) as changed_at, cast(null as date) as resolved_on
from deal_edits
inner join {{ ref('int_engagement_members') }} as ones on ones.member_type = 'deal' and deal_edits.deal_id = ones.member_key
inner join {{ ref('int_engagement_members') }} as others on ones.engagement_id = others.engagement_id and others.member_type = 'project'
inner join budgets
    on others.member_key = budgets.project_id and deal_edits.currency = budgets.currency
    and (deal_edits.amount = budgets.amount or deal_edits.changed_amount = budgets.changed_amount)
where budgets.changed_amount <> 0 and deal_edits.changed_amount <> 0
    and abs(epoch(budgets.created_at) - epoch(deal_edits.changed_at)) <= 86400
qualify row_number() over (partition by budgets.project_id, budgets.version order by deal_edits.changed_at) = 1
