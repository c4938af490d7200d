-- One row per timesheet line. Tryton knows no approval: what is entered is approved. It knows no billable flag either;
-- time for a client is billable, at its work's price where the project is invoiced by timesheet, unless it is 0.
with entries as (
    select
        entry.id as time_entry_id, coalesce(work.project_id, 'timesheet.work,' || sheet.id) as project_id,
        entry.employee as resource_id, entry.date as work_date, {{ tryton_hours('entry.duration_seconds') }} as hours,
        not coalesce(project.is_internal, true)
            and not (work.invoice_method = 'timesheet' and coalesce(work.list_price, 1) = 0) as is_billable,
        case when work.invoice_method = 'timesheet' then work.product_name end as role,
        case when work.invoice_method = 'timesheet' then cast(work.list_price as decimal(18, 6)) end as bill_rate,
        entry.description as notes, coalesce(entry.write_date, entry.create_date) as updated_at, entry.source_system,
        entry.load_id, entry.first_seen_at, entry.deleted_at
    from {{ tryton('timesheet_line') }} as entry
    left join {{ tryton('timesheet_work') }} as sheet
        on entry.source_system = sheet.source_system and entry.work = sheet.id
    left join {{ ref('stg_tryton__works') }} as work
        on sheet.source_system = work.source_system
            and {{ tryton_reference('sheet.origin', 'project.work') }} = work.work_id
    left join {{ ref('stg_tryton__works') }} as project
        on work.source_system = project.source_system and work.project_id = project.work_id
)

select
    time_entry_id, project_id, resource_id, work_date, hours, is_billable, 'approved' as status, role, bill_rate,
    cast(null as timestamptz) as submitted_at, cast(null as timestamptz) as approved_at,
    cast(null as timestamptz) as written_off_at, cast(null as varchar) as write_off_reason,
    cast(null as varchar) as non_billable_reason, notes, updated_at, source_system, time_entry_id as source_id, load_id,
    first_seen_at, deleted_at, {{ tryton_url('timesheet.line', 'time_entry_id') }} as record_url
from entries
