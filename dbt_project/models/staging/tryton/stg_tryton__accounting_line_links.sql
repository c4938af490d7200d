-- One row per invoice line and piece of work it settles. A work without a price is no milestone and settles nothing.
select
    link.invoice_line_id, link.source, link.work_source_id as source_id, link.source_system,
    link.invoice_line_id || '|' || link.source || '|' || link.work_source_id as record_id, line.load_id,
    line.first_seen_at, line.deleted_at, cast(null as varchar) as record_url
from {{ ref('stg_tryton__line_works') }} as link
join {{ tryton('account_invoice_line') }} as line
    on link.source_system = line.source_system and link.invoice_line_id = line.id
left join {{ ref('stg_tryton__psa_milestones') }} as milestone
    on link.source_system = milestone.source_system and link.source = 'milestone'
        and link.work_source_id = milestone.milestone_id
where link.source = 'time_entry' or milestone.milestone_id is not null
