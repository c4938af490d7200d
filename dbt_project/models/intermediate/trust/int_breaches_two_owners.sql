-- Fields and tables that more than one system or team changes. One row per breach of a rule about owners.
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
),

members as (
    select * from {{ ref('int_engagement_members') }}
),

synced_back as (
    select
        'budget_synced_back' as rule, ones.engagement_id, cast(null as varchar) as client_id, budgets.source_system,
        'psa_budget_versions' as source_object, budgets.source_id || '|' || budgets.version as source_id, budgets.record_url,
        'amount' as field, cast(budgets.amount - budgets.changed_amount as varchar) as value_before,
        cast(budgets.amount as varchar) as value_after, deal_edits.changed_by, budgets.changed_amount as native_amount,
        budgets.currency, {{ business_date('greatest(budgets.created_at, deal_edits.changed_at)') }} as happened_on,
        greatest(budgets.created_at, deal_edits.changed_at) as changed_at, cast(null as date) as resolved_on
    from deal_edits
    inner join members as ones on ones.member_type = 'deal' and deal_edits.deal_id = ones.member_key
    inner join members as others on ones.engagement_id = others.engagement_id and others.member_type = 'project'
    inner join budgets
        on others.member_key = budgets.project_id and deal_edits.currency = budgets.currency
        and (deal_edits.amount = budgets.amount or deal_edits.changed_amount = budgets.changed_amount)
    where budgets.changed_amount <> 0 and deal_edits.changed_amount <> 0
        and abs(epoch(budgets.created_at) - epoch(deal_edits.changed_at)) <= 86400
    qualify row_number() over (partition by budgets.project_id, budgets.version order by deal_edits.changed_at) = 1
),

differing as (
    select
        'copy_differs_from_owner' as rule, projects.engagement_id, clients.client_id, copies.source_system,
        copies.to_table as source_object, copies.source_id, copies.record_url, copies.to_column as field,
        copies.owner_value as value_before, copies.copy_value as value_after, cast(null as varchar) as changed_by,
        cast(null as decimal(18, 4)) as native_amount, cast(null as varchar) as currency,
        {{ business_date('copies.side_by_side_since') }} as happened_on, copies.side_by_side_since as changed_at,
        cast(null as date) as resolved_on
    from {{ ref('int_copied_fields') }} as copies
    left join members as projects on projects.member_type = 'project' and copies.project_id = projects.member_key
    left join {{ ref('int_client_members') }} as clients on copies.member = clients.member
    where lower(trim(copies.owner_value)) <> lower(trim(copies.copy_value))
        and {{ business_date('copies.side_by_side_since') }} + copies.sla_days < date '{{ var("business_day") }}'
),

edits as (
    select
        'sales' as owner_team, 'deal' as member_type, history.deal_id as member_key, history.source_system,
        'crm_deals' as source_object, deals.source_id, deals.record_url, history.field, history.old_value, history.new_value,
        history.changed_by, history.changed_at
    from {{ ref('crm_deal_history') }} as history inner join {{ ref('crm_deals') }} as deals on history.deal_id = deals.deal_id
    where history.deleted_at is null and history.changed_by is not null
    union all
    select
        'delivery' as owner_team, 'project' as member_type, history.project_id as member_key, history.source_system,
        'psa_projects' as source_object, projects.source_id, projects.record_url, history.field, history.old_value,
        history.new_value, history.changed_by, history.changed_at
    from {{ ref('psa_project_history') }} as history
    inner join {{ ref('psa_projects') }} as projects on history.project_id = projects.project_id
    where history.deleted_at is null and history.changed_by is not null
),

other_teams as (
    select
        'edited_by_other_team' as rule, members.engagement_id, cast(null as varchar) as client_id, edits.source_system,
        edits.source_object, edits.source_id, edits.record_url, edits.field, edits.old_value as value_before,
        edits.new_value as value_after, edits.changed_by || ' (' || teams."team" || ')' as changed_by,
        cast(null as decimal(18, 4)) as native_amount, cast(null as varchar) as currency,
        {{ business_date('edits.changed_at') }} as happened_on, edits.changed_at, cast(null as date) as resolved_on
    from edits
    inner join {{ ref('teams') }} as teams on lower(trim(edits.changed_by)) = lower(trim(teams."user"))
    left join members on edits.member_type = members.member_type and edits.member_key = members.member_key
    where lower(teams."team") <> edits.owner_team
    union all
    select
        'edited_by_other_team' as rule, postings.engagement_id, cast(null as varchar) as client_id, postings.source_system,
        'accounting_revenue_postings' as source_object, postings.source_id, postings.record_url, 'amount' as field,
        cast(null as varchar) as value_before, cast(postings.native_amount as varchar) as value_after,
        postings.posted_by || ' (' || teams."team" || ')' as changed_by, postings.native_amount, postings.currency,
        postings.posted_on as happened_on, cast(null as timestamptz) as changed_at, cast(null as date) as resolved_on
    from {{ ref('int_postings') }} as postings
    inner join {{ ref('teams') }} as teams on lower(trim(postings.posted_by)) = lower(trim(teams."user"))
    where lower(teams."team") <> 'finance'
),

-- a spreadsheet may fill what the connector of a role cannot, never the same table
fillings as (
    {%- set tables = [
        'crm_accounts', 'crm_deals', 'crm_deal_lines', 'psa_clients', 'psa_projects', 'psa_budget_versions',
        'psa_budget_lines', 'psa_milestones', 'psa_resources', 'psa_cost_rates', 'psa_time_entries', 'psa_expenses',
        'accounting_customers', 'accounting_projects', 'accounting_invoices', 'accounting_invoice_lines',
        'accounting_payments', 'accounting_revenue_postings', 'accounting_trial_balance', 'fx_rates'
    ] %}
    {%- for table in tables %}
    select
        '{{ table }}' as canonical_table, source_system, count(*) as row_count,
        min(first_seen_at) as first_seen_at
    from {{ ref(table) }} where deleted_at is null group by source_system
    {%- if not loop.last %} union all {% endif %}{% endfor %}
),

filled_twice as (
    select
        'table_filled_twice' as rule, cast(null as varchar) as engagement_id, cast(null as varchar) as client_id,
        sheets.source_system, sheets.canonical_table as source_object, sheets.canonical_table as source_id,
        cast(null as varchar) as record_url, cast(null as varchar) as field,
        min(connected.source_system) as value_before, sheets.source_system as value_after, cast(null as varchar) as changed_by,
        cast(null as decimal(18, 4)) as native_amount, cast(null as varchar) as currency,
        {{ business_date('greatest(sheets.first_seen_at, min(connected.first_seen_at))') }} as happened_on,
        cast(null as timestamptz) as changed_at, cast(null as date) as resolved_on
    from fillings as sheets
    inner join {{ ref('int_systems') }} as sheet_systems
        on sheets.source_system = sheet_systems.system_name and sheet_systems.source = 'template'
    inner join fillings as connected on sheets.canonical_table = connected.canonical_table
    inner join {{ ref('int_systems') }} as connected_systems
        on connected.source_system = connected_systems.system_name and connected_systems.source <> 'template'
    group by sheets.source_system, sheets.canonical_table, sheets.first_seen_at
)

select * from synced_back
union all
select * from differing
union all
select * from other_teams
union all
select * from filled_twice
union all
select * from {{ ref('int_breaches_in_turn') }}
