-- One row per line of a customer's receivable account: the invoice whose move it is part of, or none: then it is money.
with invoice_moves as (
    select source_system, move_id, invoice_id, is_credit_note, false as is_reversal
    from {{ ref('stg_tryton__customer_invoices') }} where move_id is not null
    union all
    select source_system, reversal_move_id, invoice_id, is_credit_note, true
    from {{ ref('stg_tryton__customer_invoices') }} where reversal_move_id is not null
)

select
    line.*, invoice_moves.invoice_id, coalesce(invoice_moves.is_credit_note, false) as is_credit_note,
    coalesce(invoice_moves.is_reversal, false) as is_reversal
from {{ ref('stg_tryton__ledger_lines') }} as line
left join invoice_moves on line.source_system = invoice_moves.source_system and line.move_id = invoice_moves.move_id
where line.is_receivable
