-- One row per line of the ledger on a revenue account. What reverses an invoice names the ledger line it reverses.
with invoice_moves as (
    select source_system, move_id, invoice_id, party_id from {{ ref('stg_tryton__customer_invoices') }}
    where move_id is not null
    union all
    select source_system, reversal_move_id, invoice_id, party_id from {{ ref('stg_tryton__customer_invoices') }}
    where reversal_move_id is not null
)

select
    line.ledger_line_id as posting_id, line.posted_on, line.amount, line.currency,
    case when invoice_moves.invoice_id is null then 'manual' else 'invoice' end as source,
    cast(null as varchar) as project_id, coalesce(line.party_id, invoice_moves.party_id) as customer_id,
    {{ tryton_reference('coalesce(reversed.origin, line.origin)', 'account.invoice.line') }} as invoice_line_id,
    line.account_code, line.legal_entity, line.posted_by, line.source_system, line.ledger_line_id as source_id,
    line.load_id, line.first_seen_at, line.deleted_at, cast(null as varchar) as record_url
from {{ ref('stg_tryton__ledger_lines') }} as line
left join invoice_moves on line.source_system = invoice_moves.source_system and line.move_id = invoice_moves.move_id
left join {{ ref('stg_tryton__ledger_lines') }} as reversed
    on line.source_system = reversed.source_system
        and {{ tryton_reference('line.origin', 'account.move.line') }} = reversed.ledger_line_id
where line.is_revenue
