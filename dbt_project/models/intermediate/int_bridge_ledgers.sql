-- Which ledgers take part in the last two bridges: those that loaded revenue postings (payments), or whose lines (invoices)
-- such rows of another system name. One row per bridge and accounting system.
select distinct 'billed_to_recognized' as bridge, source_system from {{ ref('accounting_revenue_postings') }}
union
select distinct 'billed_to_recognized' as bridge, lines.source_system
from {{ ref('accounting_revenue_postings') }} as postings
inner join {{ ref('accounting_invoice_lines') }} as lines on postings.invoice_line_id = lines.invoice_line_id
union
select distinct 'billed_to_collected' as bridge, source_system from {{ ref('accounting_payments') }}
union
select distinct 'billed_to_collected' as bridge, invoices.source_system
from {{ ref('accounting_payments') }} as payments
inner join {{ ref('accounting_invoices') }} as invoices on payments.invoice_id = invoices.invoice_id
