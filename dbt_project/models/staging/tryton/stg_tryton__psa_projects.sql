-- One row per project; also per work of the timesheets that belongs to no project (internal). What is invoiced by
-- timesheet is time and materials; by effort, by progress or from its sale it has a fixed price.
with projects as (
    select
        work.work_id as project_id, coalesce(work.party_id, company.party_id) as client_id, work.name,
        work.status_name, work.status_progress, work.invoice_method = 'timesheet' as is_by_timesheet,
        work.number as project_code, work.is_internal, work.company_id, work.start_date,
        work.end_date, work.created_at, work.updated_at, 'project.work' as model, work.work_id as id,
        work.source_system, work.load_id, work.first_seen_at, work.deleted_at
    from {{ ref('stg_tryton__works') }} as work
    left join {{ ref('stg_tryton__companies') }} as company
        on work.source_system = company.source_system and work.company_id = company.company_id
    where work.work_id = work.project_id
    union all
    select
        'timesheet.work,' || sheet.id, company.party_id, sheet.name, cast(null as varchar),
        cast(null as decimal(38, 10)), false, cast(null as varchar), true, sheet.company, sheet.timesheet_start_date,
        sheet.timesheet_end_date, sheet.create_date, coalesce(sheet.write_date, sheet.create_date), 'timesheet.work',
        sheet.id,
        sheet.source_system, sheet.load_id, sheet.first_seen_at, sheet.deleted_at
    from {{ tryton('timesheet_work') }} as sheet
    left join {{ ref('stg_tryton__companies') }} as company
        on sheet.source_system = company.source_system and sheet.company = company.company_id
    where sheet.origin is null
),

named as (
    select projects.*, company.name as legal_entity, company.currency, link.deal_id
    from projects
    left join {{ ref('stg_tryton__companies') }} as company
        on projects.source_system = company.source_system and projects.company_id = company.company_id
    left join {{ ref('stg_tryton__project_links') }} as link
        on projects.source_system = link.source_system and projects.project_id = link.project_id and link.position = 1
)

select
    project_id, client_id, coalesce(name, project_id) as name,
    {{ tryton_status('status_name', 'status_progress') }} as status,
    case when is_by_timesheet then 'time_and_materials' else 'fixed_fee' end as contract_type, currency, created_at,
    deal_id as crm_deal_id, project_code, cast(null as varchar) as template_name, is_internal, legal_entity,
    cast(null as varchar) as practice, cast(null as varchar) as manager_name, start_date, end_date, updated_at,
    source_system, project_id as source_id, load_id, first_seen_at, deleted_at,
    {{ system_url('tryton') }} || '/model/' || model || '/' || id as record_url
from named
