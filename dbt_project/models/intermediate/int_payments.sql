-- Money received, returned, given up or withheld, valued. One row per payment and document that counts. invoice_id is the
-- document it names, empty for money on account and on a document that never counted; towards_invoice_id is the invoice it
-- counts towards (money on a credit note: the one that note credits). applied_native_amount is in the document's currency.
with payments as (
    select
        payments.payment_id, payments.source_system, payments.source_id, payments.record_url,
        coalesce(payments.kind, 'payment') as kind,
        case when has_lines.invoice_id is not null then invoices.invoice_id end as invoice_id,
        case when has_lines.invoice_id is null then null
            when invoices.type = 'invoice' then invoices.invoice_id else credited.invoice_id end as towards_invoice_id,
        coalesce(clients.client_id, case when payments.customer_id is null then invoices.client_id end,
            {{ unknown_client('payments') }}) as client_id,
        payments.currency, payments.amount as native_amount, payments.applied_amount,
        case when has_lines.invoice_id is not null then invoices.currency else payments.currency end as document_currency,
        case when has_lines.invoice_id is not null then invoices.reason end as reason,
        payments.paid_on
    from {{ ref('accounting_payments') }} as payments
    left join {{ ref('int_invoices') }} as invoices on payments.invoice_id = invoices.invoice_id
    left join (select distinct invoice_id from {{ ref('int_invoice_lines') }}) as has_lines
        on invoices.invoice_id = has_lines.invoice_id
    left join {{ ref('int_invoices') }} as credited
        on invoices.credited_invoice_id = credited.invoice_id and credited.is_counted and credited.type = 'invoice'
    left join {{ ref('accounting_customers') }} as customers on payments.customer_id = customers.customer_id
    left join {{ ref('int_client_members') }} as clients on 'accounting:' || payments.customer_id = clients.member
    where payments.deleted_at is null and not coalesce(customers.is_intercompany, false)
        and not coalesce(invoices.is_between_companies, false) and invoices.is_duplicate_of is null
)

select
    payments.*,
    cast(coalesce(
        payments.applied_amount,
        case
            when payments.document_currency = payments.currency then payments.native_amount
            else {{ cents(
                scaled('payments.native_amount', 4) ~ ' * ' ~ scaled('own.rate', 10), scaled('theirs.rate', 10), 4
            ) }}
        end
    ) as decimal(18, 4)) as applied_native_amount,
    coalesce({{ converted('payments.native_amount', 'own.rate') }}, 0) as amount,
    own.rate is null as is_missing_fx_rate
from payments
left join {{ ref('int_fx_rates') }} as own
    on payments.currency = own.currency and payments.paid_on >= own.valid_from and payments.paid_on < own.valid_to
left join {{ ref('int_fx_rates') }} as theirs
    on payments.document_currency = theirs.currency
    and payments.paid_on >= theirs.valid_from and payments.paid_on < theirs.valid_to
