-- When an invoice is un-billed: from the day its credit notes (in its currency) reach its whole net amount. reason: one
-- that any of these credit notes gives. One row per invoice and run of days with one reason.
with moves as (
    select
        invoices.invoice_id, invoices.net_native_amount, invoices.standing_from, invoices.standing_to,
        unnest([notes.standing_from, notes.standing_to]) as day,
        unnest([-notes.net_native_amount, notes.net_native_amount]) as credited_native_amount
    from {{ ref('int_invoices') }} as invoices
    inner join {{ ref('int_invoices') }} as notes
        on invoices.invoice_id = notes.credited_invoice_id and invoices.currency = notes.currency
    where invoices.is_counted and invoices.type = 'invoice' and invoices.net_native_amount > 0
        and notes.is_counted and notes.type = 'credit_note'
),

days as (
    select
        invoice_id, net_native_amount, standing_from, standing_to, day,
        sum(credited_native_amount) as credited_native_amount
    from moves group by invoice_id, net_native_amount, standing_from, standing_to, day
),

balances as (
    select
        invoice_id, net_native_amount, standing_from, standing_to, day as effective_from,
        sum(credited_native_amount) over (partition by invoice_id order by day) as credited_native_amount,
        coalesce(lead(day) over (partition by invoice_id order by day), {{ forever() }}) as effective_to
    from days
),

runs as (
    select
        balances.invoice_id, max(notes.reason) as reason,
        greatest(balances.effective_from, balances.standing_from) as effective_from,
        least(balances.effective_to, balances.standing_to) as effective_to
    from balances
    inner join {{ ref('int_invoices') }} as invoices on balances.invoice_id = invoices.invoice_id
    inner join {{ ref('int_invoices') }} as notes
        on balances.invoice_id = notes.credited_invoice_id and invoices.currency = notes.currency
        and notes.is_counted and notes.type = 'credit_note'
        and balances.effective_from >= notes.standing_from and balances.effective_from < notes.standing_to
    where balances.credited_native_amount >= balances.net_native_amount
    group by balances.invoice_id, balances.effective_from, balances.effective_to, balances.standing_from, balances.standing_to
)

{{ merged_ranges('runs', ['invoice_id', 'reason']) }}
