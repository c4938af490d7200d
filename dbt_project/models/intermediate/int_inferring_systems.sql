-- Ledgers whose lines no link names, from whatever system: what they settle can only be inferred. One row per system.
select systems.system_name
from {{ ref('int_systems') }} as systems
where not exists (
    select 1 from {{ ref('accounting_line_links') }} as links
    left join {{ ref('accounting_invoice_lines') }} as lines on links.invoice_line_id = lines.invoice_line_id
    where systems.system_name in (links.source_system, lines.source_system)
)
