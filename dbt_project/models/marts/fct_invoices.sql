-- Invoices that were sent, whether they were accepted, and when they were paid in full. One row per invoice: no drafts, credit
-- notes, deleted ones, intercompany customers or invoices that another ledger already holds.
with paid as (
    select invoice_id from {{ ref('int_payments') }}
    group by invoice_id having bool_or(kind = 'payment') and not bool_or(kind = 'bad_debt')
),

-- from when on nothing was open any more, for as long as the invoice stands; never before it does, however early it was paid
settled as (
    select
        invoices.invoice_id, invoices.standing_to,
        greatest(
            invoices.standing_from,
            coalesce(max(balances.effective_to) filter (where balances.open_native_amount > 0), invoices.standing_from)
        ) as settled_on
    from {{ ref('int_invoices') }} as invoices
    inner join paid on invoices.invoice_id = paid.invoice_id
    inner join {{ ref('int_invoice_balances') }} as balances
        on invoices.invoice_id = balances.invoice_id
        and balances.effective_to > invoices.standing_from and balances.effective_from < invoices.standing_to
    group by invoices.invoice_id, invoices.standing_from, invoices.standing_to
),

paid_days as (
    select invoice_id, settled_on as paid_in_full_on from settled where settled_on < standing_to
)

select
    invoices.invoice_id, invoices.client_id, invoices.number as invoice_number, invoices.status as invoice_status,
    coalesce(invoices.legal_entity, '(none)') as booking_legal_entity, invoices.source_system, invoices.source_id,
    invoices.record_url, case when invoices.status = 'rejected' then 1 else 0 end as rejected_count,
    cast(paid_days.paid_in_full_on - invoices.invoice_date as integer) as days_to_cash,
    invoices.invoice_date as metric_date, invoices.due_date, paid_days.paid_in_full_on
from {{ ref('int_invoices') }} as invoices
inner join {{ ref('accounting_invoices') }} as documents on invoices.invoice_id = documents.invoice_id
left join paid_days on invoices.invoice_id = paid_days.invoice_id
where invoices.type = 'invoice' and invoices.status <> 'draft' and documents.deleted_at is null
    and not invoices.is_between_companies and invoices.is_duplicate_of is null
