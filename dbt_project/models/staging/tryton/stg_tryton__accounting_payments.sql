-- One row per line of a receivable account that is no invoice's: money in or out, or a write-off. Tryton's own payment
-- link names the invoice; else the reconciliation does, if it settles one invoice only; else it is on account.
with links as (
    select source_system, move_line as ledger_line_id, min(invoice) as invoice_id
    from {{ tryton('account_invoice_account_move_line') }} where deleted_at is null group by source_system, move_line
),

money as (
    select
        line.*, coalesce(links.invoice_id, settlement.invoice_id) as paid_invoice_id,
        coalesce(line.second_amount, line.amount) as native_amount,
        coalesce(line.second_currency, line.currency) as native_currency
    from {{ ref('stg_tryton__receivable_lines') }} as line
    left join links
        on line.source_system = links.source_system and line.ledger_line_id = links.ledger_line_id
    left join {{ ref('stg_tryton__settlements') }} as settlement
        on line.source_system = settlement.source_system and line.reconciliation_id = settlement.reconciliation_id
    where line.invoice_id is null
),

payments as (
    select money.*
    from money
    left join {{ ref('stg_tryton__customer_invoices') }} as invoice
        on money.source_system = invoice.source_system and money.paid_invoice_id = invoice.invoice_id
    -- a write-off in the company's money of an invoice in another is the exchange difference, no payment
    where not (money.journal_type = 'write-off' and invoice.currency <> money.native_currency)
        and money.native_amount <> 0
)

select
    ledger_line_id as payment_id,
    case
        when native_amount < 0 then 'refund' when journal_type = 'write-off' then 'bad_debt' else 'payment'
    end as kind,
    paid_invoice_id as invoice_id, party_id as customer_id, posted_on as paid_on, abs(native_amount) as amount,
    native_currency as currency, cast(null as decimal(18, 4)) as applied_amount, source_system,
    ledger_line_id as source_id, load_id, first_seen_at, deleted_at, cast(null as varchar) as record_url
from payments
