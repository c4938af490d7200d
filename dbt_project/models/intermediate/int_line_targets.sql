-- What each invoice line says it settles, where that is known work of its own engagement. One row per line and target.
-- A link to another engagement, or to a record that is gone or has no billing value, is no link.
with links as (
    select
        links.source_system, links.source, links.source_id as given, lines.invoice_line_id, lines.engagement_id,
        lines.project_id as line_project_id,
        lines.invoice_date
    from {{ ref('accounting_line_links') }} as links
    inner join {{ ref('int_invoice_lines') }} as lines on links.invoice_line_id = lines.invoice_line_id
    where links.deleted_at is null and lines.type = 'invoice' and not lines.has_no_known_project
        and lines.kind not in ('advance', 'adjustment')
),

-- a bare id means the record of the link's own system first, then the only one of that id in any other
named_records as (
    select 'time_entry' as source, time_entry_id as record_key, source_system, source_id from {{ ref('psa_time_entries') }}
    union all
    select 'expense' as source, expense_id as record_key, source_system, source_id from {{ ref('psa_expenses') }}
    union all
    select 'milestone' as source, milestone_id as record_key, source_system, source_id from {{ ref('psa_milestones') }}
),

bare_records as (
    select source, source_id, min(record_key) as record_key from named_records
    group by source, source_id having count(*) = 1
),

resolved as (
    select links.*, coalesce(named.record_key, own.record_key, bare.record_key) as record_key
    from links
    left join named_records as named on links.source = named.source and links.given = named.record_key
    left join named_records as own
        on links.source = own.source and links.source_system || ':' || links.given = own.record_key
    left join bare_records as bare on links.source = bare.source and links.given = bare.source_id
    where links.source <> 'budget_line'
),

budget_lines as (
    select
        links.invoice_line_id, lines.kind as target_type,
        case lines.kind
            when 'milestone' then coalesce(milestones.milestone_id, 'line:' || lines.project_id || ':' || lines.budget_line_id)
            else lines.project_id || '@' || cast(lines.planned_date as varchar) end as target_key
    from links
    inner join {{ ref('int_engagement_members') }} as members
        on links.engagement_id = members.engagement_id and members.member_type = 'project'
    inner join {{ ref('psa_budget_lines') }} as lines
        on members.member_key = lines.project_id
        and links.given in (lines.budget_line_id, lines.source_system || ':' || lines.budget_line_id)
    left join {{ ref('int_milestone_days') }} as milestones
        on lines.milestone_id = milestones.milestone_id and lines.project_id = milestones.project_id
    inner join {{ ref('psa_budget_versions') }} as versions
        on lines.project_id = versions.project_id and lines.version = versions.version
    left join {{ ref('int_plan_changes') }} as plans
        on lines.project_id = plans.project_id and lines.version = plans.version
        and links.invoice_date >= plans.effective_from and links.invoice_date < plans.effective_to
    where links.source = 'budget_line' and lines.kind in ('milestone', 'recurring')
    qualify row_number() over (
        partition by links.invoice_line_id, links.given
        order by plans.version is null, lines.project_id <> links.line_project_id, lines.version desc, lines.project_id
    ) = 1
),

targets as (
    select resolved.invoice_line_id, resolved.source as target_type, resolved.record_key as target_key
    from resolved
    inner join {{ ref('int_work') }} as work
        on resolved.record_key = work.work_id and resolved.source = work.work_type
        and resolved.engagement_id = work.engagement_id
    union
    select resolved.invoice_line_id, 'milestone' as target_type, resolved.record_key as target_key
    from resolved
    inner join {{ ref('int_milestone_days') }} as milestones on resolved.record_key = milestones.milestone_id
    inner join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and milestones.project_id = members.member_key
        and resolved.engagement_id = members.engagement_id
    where resolved.source = 'milestone'
    union
    select invoice_line_id, target_type, target_key from budget_lines
)

select invoice_line_id, target_type, target_key from targets
