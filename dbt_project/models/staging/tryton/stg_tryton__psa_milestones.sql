-- One row per work that is invoiced for a price and not by its timesheets; reached when its progress is 1. Tryton does
-- not date that: the write that first showed it does, or the invoice line that proves it, if that is earlier.
with completed as (
    select source_system, id as work_id, min(coalesce(write_date, create_date)) as reached_at
    from {{ tryton_versions('project_work') }} where progress >= 1 group by source_system, id
),

milestones as (
    select
        work.*, case when work.progress >= 1 then least(completed.reached_at, line.create_date) end as reached_at,
        coalesce(work.end_date, {{ business_date('work.created_at') }}) as due_date
    from {{ ref('stg_tryton__works') }} as work
    left join completed on work.source_system = completed.source_system and work.work_id = completed.work_id
    left join {{ tryton('account_invoice_line') }} as line
        on work.source_system = line.source_system and work.invoice_line_id = line.id
    where work.list_price > 0 and coalesce(work.invoice_method, 'manual') <> 'timesheet'
)

select
    work_id as milestone_id, project_id, name, due_date, reached_at, source_system, work_id as source_id, load_id,
    first_seen_at, deleted_at, {{ tryton_url('project.work', 'work_id') }} as record_url
from milestones
