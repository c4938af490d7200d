-- Which invoice each part of a credit note counts towards, and when. One row per line of a credit note, part and run of
-- days: what is allocated, from its day, under that invoice; the rest under the invoice it credits; invoice_id is empty
-- where there is none that counts.
with allocations as (
    select
        allocations.credit_note_id, allocations.invoice_id, allocations.allocated_on, sum(allocations.amount) as amount
    from {{ ref('accounting_credit_allocations') }} as allocations
    where allocations.deleted_at is null
    group by allocations.credit_note_id, allocations.invoice_id, allocations.allocated_on
),

lines as (
    select
        lines.line_key, lines.invoice_id as credit_note_id, lines.engagement_id, lines.standing_from, lines.standing_to,
        lines.native_amount + lines.tax_native_amount as gross_native_amount, lines.cc_amount + lines.tax_cc_amount as cc_amount,
        notes.gross_native_amount as note_native_amount, credited.invoice_id as credited_invoice_id
    from {{ ref('int_invoice_lines') }} as lines
    inner join {{ ref('int_invoices') }} as notes on lines.invoice_id = notes.invoice_id
    left join {{ ref('int_invoices') }} as credited
        on notes.credited_invoice_id = credited.invoice_id and credited.is_counted
    where lines.type = 'credit_note'
),

parts as (
    select
        lines.line_key, lines.engagement_id, invoices.invoice_id, lines.credited_invoice_id,
        cast({{ cents(
            scaled('lines.gross_native_amount', 4) ~ ' * ' ~ scaled('allocations.amount', 4),
            scaled('abs(lines.note_native_amount)', 4), 4
        ) }} as decimal(18, 4)) as native_amount,
        cast({{ cents(
            scaled('lines.cc_amount', 2) ~ ' * ' ~ scaled('allocations.amount', 4),
            scaled('abs(lines.note_native_amount)', 4), 2
        ) }} as decimal(18, 2)) as cc_amount,
        lines.standing_from, greatest(lines.standing_from, allocations.allocated_on) as allocated_from, lines.standing_to
    from lines
    inner join allocations on lines.credit_note_id = allocations.credit_note_id
    left join {{ ref('int_invoices') }} as invoices on allocations.invoice_id = invoices.invoice_id and invoices.is_counted
    where lines.note_native_amount <> 0
),

totals as (
    select line_key, sum(native_amount) as native_amount, sum(cc_amount) as cc_amount from parts group by line_key
)

select line_key, engagement_id, invoice_id, native_amount, cc_amount, allocated_from as effective_from, standing_to as effective_to
from parts
union all
select
    line_key, engagement_id, credited_invoice_id as invoice_id, native_amount, cc_amount, standing_from as effective_from,
    allocated_from as effective_to
from parts where standing_from < allocated_from
union all
select
    lines.line_key, lines.engagement_id, lines.credited_invoice_id as invoice_id,
    cast(lines.gross_native_amount - coalesce(totals.native_amount, 0) as decimal(18, 4)) as native_amount,
    cast(lines.cc_amount - coalesce(totals.cc_amount, 0) as decimal(18, 2)) as cc_amount,
    lines.standing_from as effective_from, lines.standing_to as effective_to
from lines left join totals on lines.line_key = totals.line_key
