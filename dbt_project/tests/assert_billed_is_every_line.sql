-- Parity: by ledger and currency, what is billed and what is left out on purpose are all the lines there are - deleted, of a
-- document that is a draft, rejected, void or gone, intercompany, or in another ledger too, or of no known document.
with lines as (
    select
        lines.invoice_line_id, lines.source_system, coalesce(invoices.currency, '') as currency, lines.net_amount,
        invoices.invoice_id is null or lines.deleted_at is not null or invoices.deleted_at is not null
            or invoices.status in ('draft', 'rejected')
            or (invoices.status = 'void' and (
                invoices.voided_at is null or {{ business_date('invoices.voided_at') }} <= invoices.invoice_date
            ))
            or coalesce(invoices.is_intercompany, false) or coalesce(customers.is_intercompany, false)
            or counted.is_duplicate_of is not null as is_left_out
    from {{ ref('accounting_invoice_lines') }} as lines
    left join {{ ref('accounting_invoices') }} as invoices on lines.invoice_id = invoices.invoice_id
    left join {{ ref('accounting_customers') }} as customers on invoices.customer_id = customers.customer_id
    left join {{ ref('int_invoices') }} as counted on lines.invoice_id = counted.invoice_id
),

expected as (
    select source_system, currency, count(*) as lines, sum(net_amount) as net_amount
    from lines where not is_left_out group by source_system, currency
),

-- each line as it was entered; that a void takes it back on a day of its own is another move
billed as (
    select
        billed.source_system, billed.native_currency as currency, count(distinct billed.invoice_line_id) as lines,
        sum(billed.billed_native_amount) as net_amount
    from {{ ref('fct_billed') }} as billed
    inner join {{ ref('int_invoice_lines') }} as lines
        on billed.line_key = lines.line_key and billed.metric_date = lines.standing_from
    group by billed.source_system, billed.native_currency
)

select
    coalesce(expected.source_system, billed.source_system) as source_system, coalesce(expected.currency, billed.currency) as currency,
    expected.lines as expected_lines, billed.lines as billed_lines, expected.net_amount as expected_amount,
    billed.net_amount as billed_amount
from expected full join billed on expected.source_system = billed.source_system and expected.currency = billed.currency
where expected.lines is distinct from billed.lines or expected.net_amount is distinct from billed.net_amount
