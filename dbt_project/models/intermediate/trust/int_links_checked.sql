-- What each link of an invoice line that counts leads to: `known` work of the line's engagement, work of an `other_engagement`,
-- nothing (`missing`: never there, or deleted; `not_loaded`: no such record is loaded at all), or two systems' records
-- (`ambiguous`). One row per link.
with records as (
    select 'time_entry' as source, time_entry_id as record_key, source_system, source_id, project_id, deleted_at
    from {{ ref('psa_time_entries') }}
    union all
    select 'expense' as source, expense_id as record_key, source_system, source_id, project_id, deleted_at
    from {{ ref('psa_expenses') }}
    union all
    select 'milestone' as source, milestone_id as record_key, source_system, source_id, project_id, deleted_at
    from {{ ref('psa_milestones') }}
    union all
    select
        'budget_line' as source, source_system || ':' || budget_line_id as record_key, source_system,
        budget_line_id as source_id, project_id, max(deleted_at) as deleted_at
    from {{ ref('psa_budget_lines') }} group by source_system, budget_line_id, project_id
),

links as (
    select links.source_system, links.source, links.source_id as link_value, links.invoice_line_id, links.record_url,
        lines.engagement_id
    from {{ ref('accounting_line_links') }} as links
    inner join {{ ref('int_invoice_lines') }} as lines on links.invoice_line_id = lines.invoice_line_id
    where links.deleted_at is null and lines.type = 'invoice'
),

-- a link names a record whole, or by its id in the link's own system; only what is named is looked for, since there are many
candidates as (
    select source, link_value as record_key from links
    union
    select source, source_system || ':' || link_value as record_key from links
),

hits as (
    select records.source, records.record_key, records.project_id, records.deleted_at
    from records
    inner join candidates on records.source = candidates.source and records.record_key = candidates.record_key
),

-- else by its id in whatever other system holds it, if only one does
unmatched as (
    select distinct links.source, links.link_value
    from links
    left join hits as named on links.source = named.source and links.link_value = named.record_key
    left join hits as own on links.source = own.source and links.source_system || ':' || links.link_value = own.record_key
    where named.record_key is null and own.record_key is null
),

bare_hits as (
    select
        records.source, records.source_id, records.record_key, records.project_id, records.deleted_at,
        min(records.source_system) over same <> max(records.source_system) over same as is_ambiguous
    from records
    inner join unmatched on records.source = unmatched.source and records.source_id = unmatched.link_value
    window same as (partition by records.source, records.source_id)
),

found as (
    select
        links.source_system, links.source, links.link_value, links.invoice_line_id, links.record_url, links.engagement_id,
        coalesce(bare.is_ambiguous, false) as is_ambiguous,
        coalesce(named.record_key, own.record_key, bare.record_key) as record_key,
        case when named.record_key is not null then named.project_id when own.record_key is not null then own.project_id
            else bare.project_id end as project_id,
        case when named.record_key is not null then named.deleted_at when own.record_key is not null then own.deleted_at
            else bare.deleted_at end as deleted_at
    from links
    left join hits as named on links.source = named.source and links.link_value = named.record_key
    left join hits as own on links.source = own.source and links.source_system || ':' || links.link_value = own.record_key
    left join bare_hits as bare on links.source = bare.source and links.link_value = bare.source_id
),

judged as (
    select
        found.*,
        case
            when found.is_ambiguous then 'ambiguous'
            when found.record_key is null and not exists (select 1 from records where records.source = found.source)
                then 'not_loaded'
            when found.record_key is null or found.deleted_at is not null then 'missing'
            when members.engagement_id = found.engagement_id then 'known'
            else 'other_engagement'
        end as finding
    from found
    left join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and found.project_id = members.member_key
)

-- a budget line's id may stand in several budgets: the kindest reading counts
select
    source_system, source, link_value, invoice_line_id, any_value(record_url) as record_url,
    ['known', 'other_engagement', 'ambiguous', 'missing', 'not_loaded'][min(
        list_position(['known', 'other_engagement', 'ambiguous', 'missing', 'not_loaded'], finding)
    )] as finding
from judged
group by source_system, source, link_value, invoice_line_id
