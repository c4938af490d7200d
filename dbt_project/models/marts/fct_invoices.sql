-- Invoices that were sent, whether they were accepted, and when they were paid in full. One row per invoice: no drafts, credit
-- notes, deleted ones, intercompany customers or invoices that another ledger already holds.
with paid_days as (
    select balances.invoice_id, min(balances.effective_from) as paid_in_full_on
    from {{ ref('int_invoice_balances') }} as balances
    inner join (select distinct invoice_id from {{ ref('int_payments') }} where kind = 'payment') as payments
        on balances.invoice_id = payments.invoice_id
    where balances.open_native_amount <= 0
    group by balances.invoice_id
),

-- an invoice that fell open again is not paid
open_again as (
    select balances.invoice_id
    from {{ ref('int_invoice_balances') }} as balances
    inner join paid_days on balances.invoice_id = paid_days.invoice_id
    where balances.open_native_amount > 0 and balances.effective_from > paid_days.paid_in_full_on
)

select
    invoices.invoice_id, invoices.client_id, invoices.number as invoice_number, invoices.status as invoice_status,
    coalesce(invoices.legal_entity, '(none)') as booking_legal_entity, invoices.source_system, invoices.source_id,
    invoices.record_url, case when invoices.status = 'rejected' then 1 else 0 end as rejected_count,
    cast(case when open_again.invoice_id is null then paid_days.paid_in_full_on - invoices.invoice_date end as integer)
        as days_to_cash,
    invoices.invoice_date as metric_date, invoices.due_date,
    case when open_again.invoice_id is null then paid_days.paid_in_full_on end as paid_in_full_on
from {{ ref('int_invoices') }} as invoices
inner join {{ ref('accounting_invoices') }} as documents on invoices.invoice_id = documents.invoice_id
left join paid_days on invoices.invoice_id = paid_days.invoice_id
left join (select distinct invoice_id from open_again) as open_again on invoices.invoice_id = open_again.invoice_id
where invoices.type = 'invoice' and invoices.status <> 'draft' and documents.deleted_at is null
    and not invoices.is_between_companies and invoices.is_duplicate_of is null
