-- Which invoice each part of a credit note counts towards, and when. One row per credit note, part and run of days: what is
-- allocated, from its day, under that invoice; the rest under the invoice it credits; invoice_id is empty where there is
-- none that counts. native_amount is what it takes off, in the invoice's currency.
with notes as (
    select
        notes.invoice_id as credit_note_id, notes.source_system, notes.currency, notes.invoice_date,
        -notes.gross_native_amount as native_amount, credited.invoice_id as credited_invoice_id,
        credited.currency as credited_currency, notes.standing_from, notes.standing_to
    from {{ ref('int_invoices') }} as notes
    left join {{ ref('int_invoices') }} as credited
        on notes.credited_invoice_id = credited.invoice_id and credited.is_counted and credited.type = 'invoice'
    where notes.is_counted and notes.type = 'credit_note'
),

allocations as (
    select
        notes.credit_note_id, invoices.invoice_id, allocations.amount as native_amount, allocations.source_id as part,
        greatest(notes.standing_from, allocations.allocated_on) as effective_from, notes.standing_to as effective_to
    from notes
    inner join {{ ref('accounting_credit_allocations') }} as allocations on notes.credit_note_id = allocations.credit_note_id
    left join {{ ref('int_invoices') }} as invoices
        on allocations.invoice_id = invoices.invoice_id and invoices.is_counted and invoices.type = 'invoice'
    where allocations.deleted_at is null
),

-- the rest shrinks as parts are allocated
rest_moves as (
    select credit_note_id, standing_from as day, native_amount from notes
    union all
    select credit_note_id, effective_from as day, -native_amount as native_amount from allocations
),

rests as (
    select
        credit_note_id, day as effective_from,
        sum(sum(native_amount)) over (partition by credit_note_id order by day) as native_amount,
        lead(day) over (partition by credit_note_id order by day) as next_day
    from rest_moves group by credit_note_id, day
)

select credit_note_id, part, invoice_id, native_amount as part_native_amount, native_amount, effective_from, effective_to
from allocations where effective_from < effective_to
union all
select
    notes.credit_note_id, 'rest' as part, notes.credited_invoice_id as invoice_id, rests.native_amount as part_native_amount,
    cast(case
        when coalesce(notes.credited_currency, notes.currency) = notes.currency then rests.native_amount
        else coalesce({{ cents(
            scaled('rests.native_amount', 4) ~ ' * ' ~ scaled('own.rate', 10), scaled('theirs.rate', 10), 4
        ) }}, 0)
    end as decimal(18, 4)) as native_amount,
    rests.effective_from, least(coalesce(rests.next_day, notes.standing_to), notes.standing_to) as effective_to
from notes
inner join rests on notes.credit_note_id = rests.credit_note_id
left join {{ ref('int_fx_rates') }} as own
    on notes.currency = own.currency and notes.invoice_date >= own.valid_from and notes.invoice_date < own.valid_to
left join {{ ref('int_fx_rates') }} as theirs
    on notes.credited_currency = theirs.currency
    and notes.invoice_date >= theirs.valid_from and notes.invoice_date < theirs.valid_to
where rests.effective_from < least(coalesce(rests.next_day, notes.standing_to), notes.standing_to)
