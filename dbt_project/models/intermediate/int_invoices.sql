-- Invoices and credit notes that count: posted, not intercompany, and each once, though two ledgers running in parallel
-- may hold it. One row per document; is_counted says whether it does, is_duplicate_of which one counts instead.
with totals as (
    select invoice_id, sum(net_amount) as net_native_amount, sum(net_amount + coalesce(tax_amount, 0)) as gross_native_amount
    from {{ ref('accounting_invoice_lines') }} where deleted_at is null group by invoice_id
),

invoices as (
    select
        invoices.*, coalesce(totals.net_native_amount, 0) as net_native_amount,
        coalesce(totals.gross_native_amount, 0) as gross_native_amount,
        coalesce(members.client_id, {{ unknown_client('invoices') }}) as client_id,
        coalesce(invoices.is_intercompany, false) or coalesce(customers.is_intercompany, false) as is_between_companies,
        customers.payment_terms_days, systems.precedence,
        invoices.deleted_at is null and (
            invoices.status in ('open', 'paid') or (invoices.status = 'void' and invoices.voided_at is not null)
        ) as is_posted,
        invoices.invoice_date as standing_from,
        case when invoices.status = 'void'
            then greatest(invoices.invoice_date, {{ business_date('invoices.voided_at') }}) else {{ forever() }} end
            as standing_to
    from {{ ref('accounting_invoices') }} as invoices
    left join totals on invoices.invoice_id = totals.invoice_id
    left join {{ ref('accounting_customers') }} as customers on invoices.customer_id = customers.customer_id
    left join {{ ref('int_client_members') }} as members on 'accounting:' || invoices.customer_id = members.member
    left join {{ ref('int_systems') }} as systems on invoices.source_system = systems.system_name
),

firsts as (
    select
        invoice_id,
        first_value(invoice_id) over same as first_invoice_id,
        first_value(source_system) over same as first_system
    from invoices
    where is_posted and not is_between_companies and number is not null
    window same as (
        partition by type, number, client_id, currency, gross_native_amount order by precedence, invoice_id
    )
),

duplicates as (
    select firsts.invoice_id, firsts.first_invoice_id
    from firsts inner join invoices on firsts.invoice_id = invoices.invoice_id
    where firsts.first_system <> invoices.source_system
)

select
    invoices.invoice_id, invoices.source_system, invoices.source_id, invoices.record_url, invoices.customer_id,
    invoices.client_id, invoices.number, invoices.type, invoices.status, invoices.currency, invoices.legal_entity,
    invoices.credited_invoice_id, nullif(invoices.reason, '') as reason, invoices.dispute_reason,
    coalesce(own.first_invoice_id, credited.first_invoice_id) as is_duplicate_of,
    invoices.payment_terms_days, invoices.net_native_amount, invoices.gross_native_amount,
    invoices.is_between_companies,
    invoices.is_posted and not invoices.is_between_companies
        and own.invoice_id is null and credited.invoice_id is null as is_counted,
    invoices.invoice_date, invoices.due_date, invoices.standing_from, invoices.standing_to,
    {{ business_date('invoices.disputed_at') }} as disputed_on,
    {{ business_date('invoices.dispute_resolved_at') }} as dispute_resolved_on
from invoices
left join duplicates as own on invoices.invoice_id = own.invoice_id
left join duplicates as credited
    on case when invoices.type = 'credit_note' then invoices.credited_invoice_id end = credited.invoice_id
