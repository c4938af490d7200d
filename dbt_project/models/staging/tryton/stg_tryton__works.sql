-- One row per project or task, with the project it belongs to: the nearest project above it, itself included. A task
-- that a sale created and nobody put under a project is a project of its own.
with recursive works as (
    select
        work.*, coalesce(work.type = 'project' or work.parent is null, false) as is_top,
        {{ tryton_reference('work.origin', 'sale.line') }} as sale_line_id
    from {{ tryton('project_work') }} as work
),

climbing as (
    select source_system, id as work_id, id as at_id, parent, is_top, 0 as steps from works
    union all
    select climbing.source_system, climbing.work_id, above.id, above.parent, above.is_top, climbing.steps + 1
    from climbing
    join works as above on climbing.source_system = above.source_system and climbing.parent = above.id
    where not climbing.is_top and climbing.steps < 100
),

tops as (
    select source_system, work_id, arg_max(at_id, steps) as project_id from climbing group by source_system, work_id
)

select
    work.source_system, work.id as work_id, tops.project_id, work.name, work.type, work.number,
    work.company as company_id, coalesce(work.party, sale.party_id) as party_id,
    work.party is null and work.sale_line_id is null as is_internal, work.parent as parent_id,
    work.sale_line_id, sale.deal_id, product.name as product_name, coalesce(product.is_by_time, false) as is_by_time,
    project.project_invoice_method as invoice_method, work.list_price, work.effort_seconds, work.progress,
    work.invoice_line as invoice_line_id, sheet.timesheet_start_date as start_date,
    coalesce(sheet.timesheet_end_date, project_sheet.timesheet_end_date) as end_date, status.name as status_name,
    status.progress as status_progress, work.create_date as created_at,
    coalesce(work.write_date, work.create_date) as updated_at, work.load_id, work.first_seen_at, work.deleted_at
from works as work
join tops on work.source_system = tops.source_system and work.id = tops.work_id
left join works as project on tops.source_system = project.source_system and tops.project_id = project.id
left join {{ ref('stg_tryton__sale_lines') }} as sale
    on work.source_system = sale.source_system and work.sale_line_id = sale.sale_line_id
left join {{ ref('stg_tryton__products') }} as product
    on work.source_system = product.source_system and work.product = product.product_id
left join {{ tryton('project_work_status') }} as status
    on work.source_system = status.source_system and work.status = status.id
left join {{ tryton('timesheet_work') }} as sheet
    on work.source_system = sheet.source_system and sheet.origin = 'project.work,' || work.id
        and sheet.deleted_at is null
left join {{ tryton('timesheet_work') }} as project_sheet
    on tops.source_system = project_sheet.source_system and project_sheet.origin = 'project.work,' || tops.project_id
        and project_sheet.deleted_at is null
