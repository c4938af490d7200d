-- One row per customer invoice or credit note, with the ledger's move that posted it. A cancelled invoice was either
-- taken back by a credit note (both stand), or reversed by a move of its own, or never posted.
with customer_invoices as (
    select * from {{ tryton('account_invoice') }} where type = 'out'
),

due as (
    select source_system, move as move_id, max(maturity_date) as due_date from {{ tryton('account_move_line') }}
    where maturity_date is not null group by source_system, move
)

select
    invoice.source_system, invoice.id as invoice_id, invoice.number, invoice.party as party_id, invoice.state,
    invoice.sequence_type_cache = 'credit_note' as is_credit_note,
    coalesce(invoice.accounting_date, invoice.invoice_date) as invoice_date, due.due_date, currency.code as currency,
    company.name as legal_entity, company.currency as company_currency, company.party_id as company_party_id,
    invoice.move as move_id, coalesce(move.state = 'posted', false) as is_posted,
    invoice.state = 'cancelled' and credit.id is not null as is_credited,
    case when credit.id is null then reversal.date end as reversed_on,
    case when credit.id is null then reversal.id end as reversal_move_id, invoice.create_date as created_at,
    case when move.state = 'posted' then move.write_date end as posted_at,
    coalesce(invoice.write_date, invoice.create_date) as updated_at, invoice.load_id, invoice.first_seen_at,
    invoice.deleted_at
from customer_invoices as invoice
left join {{ tryton('account_move') }} as move
    on invoice.source_system = move.source_system and invoice.move = move.id
left join {{ tryton('account_move') }} as reversal
    on invoice.source_system = reversal.source_system and invoice.cancel_move = reversal.id
left join customer_invoices as credit
    on invoice.source_system = credit.source_system and invoice.cancel_move = credit.move
left join due on invoice.source_system = due.source_system and invoice.move = due.move_id
left join {{ ref('stg_tryton__companies') }} as company
    on invoice.source_system = company.source_system and invoice.company = company.company_id
left join {{ tryton('currency_currency') }} as currency
    on invoice.source_system = currency.source_system and invoice.currency = currency.id
