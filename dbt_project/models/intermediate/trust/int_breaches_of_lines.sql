-- Invoice lines that do not say, or say wrongly, what they are for. One row per breach of a rule about lines.
-- A ledger that loads no links at all is asked for none.
with lines as (
    select
        lines.invoice_line_id, lines.source_system, lines.source_id, lines.engagement_id, lines.client_id,
        lines.project_id, lines.kind, lines.type, lines.currency, lines.legal_entity, lines.record_url, lines.invoice_date,
        lines.has_no_known_project, documents.project_id as project_given, documents.department, documents.practice,
        documents.net_amount as native_amount, documents.invoice_id, projects.practice as project_practice,
        projects.legal_entity as project_legal_entity, inferring.system_name is not null as is_inferring
    from {{ ref('int_invoice_lines') }} as lines
    inner join {{ ref('accounting_invoice_lines') }} as documents on lines.invoice_line_id = documents.invoice_line_id
    left join {{ ref('psa_projects') }} as projects on lines.project_id = projects.project_id
    left join {{ ref('int_inferring_systems') }} as inferring on lines.source_system = inferring.system_name
    qualify row_number() over (partition by lines.invoice_line_id order by lines.line_key) = 1
),

links as (
    select invoice_line_id, source, link_value, finding, record_url from {{ ref('int_links_checked') }}
),

linked_lines as (
    select distinct invoice_line_id from links
),

known_practices as (
    select distinct lower(trim(practice)) as practice from {{ ref('psa_projects') }} where practice is not null
),

breaches as (
    select
        'line_without_project' as rule, invoice_line_id, 'project_id' as field, cast(null as varchar) as value_before,
        cast(null as varchar) as value_after
    from lines where has_no_known_project and project_given is null
    union all
    select 'line_links_nothing' as rule, lines.invoice_line_id, 'link' as field, null as value_before, null as value_after
    from lines
    left join linked_lines on lines.invoice_line_id = linked_lines.invoice_line_id
    where lines.type = 'invoice' and lines.kind in ('time', 'milestone', 'recurring', 'expense')
        and not lines.has_no_known_project and not lines.is_inferring and linked_lines.invoice_line_id is null
    union all
    select
        case finding when 'other_engagement' then 'link_to_other_engagement' else 'link_to_missing_record' end as rule,
        invoice_line_id, source as field, null as value_before, link_value as value_after
    from links where finding in ('other_engagement', 'missing')
    union all
    select
        'line_disagrees_with_project' as rule, invoice_line_id, 'practice' as field, project_practice as value_before,
        practice as value_after
    from lines where lower(trim(practice)) <> lower(trim(project_practice))
    union all
    -- a department that is none of the practices names something else, which no project can disagree with
    select
        'line_disagrees_with_project' as rule, lines.invoice_line_id, 'department' as field,
        lines.project_practice as value_before, lines.department as value_after
    from lines
    inner join known_practices on lower(trim(lines.department)) = known_practices.practice
    where lower(trim(lines.department)) <> lower(trim(lines.project_practice))
    union all
    select
        'line_disagrees_with_project' as rule, invoice_line_id, 'legal_entity' as field, project_legal_entity as value_before,
        legal_entity as value_after
    from lines where lower(trim(legal_entity)) <> lower(trim(project_legal_entity))
    union all
    -- a credit note takes back: its lines are negative, all together at least
    select
        'credit_note_adds' as rule, invoice_line_id, 'net_amount' as field, null as value_before,
        cast(native_amount as varchar) as value_after
    from (select *, sum(native_amount) over (partition by invoice_id) as note_amount from lines where type = 'credit_note')
    where native_amount > 0 and note_amount > 0
)

select
    breaches.rule, lines.engagement_id, lines.client_id, lines.source_system, 'accounting_invoice_lines' as source_object,
    lines.source_id, lines.record_url, breaches.field, breaches.value_before, breaches.value_after,
    cast(null as varchar) as changed_by, cast(lines.native_amount as decimal(18, 4)) as native_amount, lines.currency,
    lines.invoice_date as happened_on, cast(null as timestamptz) as changed_at, cast(null as date) as resolved_on
from breaches inner join lines on breaches.invoice_line_id = lines.invoice_line_id
