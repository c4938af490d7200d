-- What is open of an invoice, tax included, while it stands so. One row per invoice, engagement, driver and run of days.
with open_items as (
    select engagement_id, invoice_id, driver, due_on, amount, effective_from, effective_to
    from {{ ref('int_items_billed_to_collected') }}
    where driver in ('not_due', 'overdue', 'disputed') and amount <> 0 and effective_from < effective_to
)

select
    open_items.engagement_id, open_items.invoice_id, invoices.number as invoice_number, open_items.driver,
    invoices.source_system, invoices.source_id, invoices.record_url,
    cast(-sum(open_items.amount) as decimal(18, 2)) as amount, open_items.due_on, open_items.effective_from,
    nullif(open_items.effective_to, {{ forever() }}) as effective_to
from open_items
inner join {{ ref('int_invoices') }} as invoices on open_items.invoice_id = invoices.invoice_id
group by
    open_items.engagement_id, open_items.invoice_id, invoices.number, open_items.driver, invoices.source_system,
    invoices.source_id, invoices.record_url, open_items.due_on, open_items.effective_from, open_items.effective_to
order by open_items.effective_from, open_items.engagement_id
