-- One row per invoice line: its project and what it invoices, told by the works it invoices, else by its sale's other
-- lines; a credit note's line by the line it takes back.
with recursive roots as (
    select source_system, id as invoice_line_id, id as root_id, origin, 0 as steps
    from {{ tryton('account_invoice_line') }}
    union all
    select roots.source_system, roots.invoice_line_id, line.id, line.origin, roots.steps + 1
    from roots
    join {{ tryton('account_invoice_line') }} as line
        on roots.source_system = line.source_system
            and {{ tryton_reference('roots.origin', 'account.invoice.line') }} = line.id
    where roots.steps < 100
),

root_of as (
    select source_system, invoice_line_id, arg_max(root_id, steps) as root_id, arg_max(origin, steps) as origin
    from roots group by source_system, invoice_line_id
),

by_work as (
    select
        link.source_system, link.invoice_line_id, arg_min(work.project_id, cast(work.work_id as bigint)) as project_id,
        bool_or(link.source = 'time_entry') as has_time, bool_or(link.source = 'milestone') as has_works,
        min(link.date) as service_from, max(link.date) as service_to
    from {{ ref('stg_tryton__line_works') }} as link
    left join {{ ref('stg_tryton__works') }} as work
        on link.source_system = work.source_system and link.work_id = work.work_id
    group by link.source_system, link.invoice_line_id
),

by_sale as (
    select line.source_system, line.sale_id, arg_min(work.project_id, cast(work.work_id as bigint)) as project_id
    from {{ ref('stg_tryton__sale_lines') }} as line
    join {{ ref('stg_tryton__works') }} as work
        on line.source_system = work.source_system and line.sale_line_id = work.sale_line_id
    group by line.source_system, line.sale_id
)

select
    root_of.source_system, root_of.invoice_line_id, coalesce(by_work.project_id, by_sale.project_id) as project_id,
    case when by_work.has_time then 'time' when by_work.has_works then 'milestone' end as kind, by_work.service_from,
    by_work.service_to
from root_of
left join by_work on root_of.source_system = by_work.source_system and root_of.root_id = by_work.invoice_line_id
left join {{ ref('stg_tryton__sale_lines') }} as line
    on root_of.source_system = line.source_system
        and {{ tryton_reference('root_of.origin', 'sale.line') }} = line.sale_line_id
left join by_sale on line.source_system = by_sale.source_system and line.sale_id = by_sale.sale_id
