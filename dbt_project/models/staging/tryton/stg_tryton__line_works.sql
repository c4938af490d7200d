-- One row per invoice line and piece of work that it invoices: a timesheet line, a work by effort or by progress, or
-- the works of the sale line it comes from. Each pair once, however many ways lead from the one to the other.
select source_system, invoice_line as invoice_line_id, 'time_entry' as source, id as work_source_id, work_id, date
from (
    select entry.*, {{ tryton_reference('sheet.origin', 'project.work') }} as work_id
    from {{ tryton('timesheet_line') }} as entry
    left join {{ tryton('timesheet_work') }} as sheet
        on entry.source_system = sheet.source_system and entry.work = sheet.id
)
where invoice_line is not null and deleted_at is null
union
select source_system, invoice_line_id, 'milestone', work_id, work_id, cast(null as date)
from {{ ref('stg_tryton__works') }} where invoice_line_id is not null and deleted_at is null
union
select source_system, invoice_line, 'milestone', work, work, cast(null as date)
from {{ tryton('project_work_invoiced_progress') }} where invoice_line is not null and deleted_at is null
union
select line.source_system, line.id, 'milestone', work.work_id, work.work_id, cast(null as date)
from {{ tryton('account_invoice_line') }} as line
join {{ ref('stg_tryton__works') }} as work
    on line.source_system = work.source_system
        and {{ tryton_reference('line.origin', 'sale.line') }} = work.sale_line_id
where work.deleted_at is null
