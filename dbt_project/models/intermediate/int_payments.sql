-- Money received, returned, given up or withheld, valued. One row per payment and invoice that counts. invoice_id is empty
-- for money on account and on an invoice that never counted. applied_native_amount is in the invoice's currency.
with payments as (
    select
        payments.payment_id, payments.source_system, payments.source_id, payments.record_url,
        coalesce(payments.kind, 'payment') as kind, case when invoices.is_counted then invoices.invoice_id end as invoice_id,
        coalesce(invoices.client_id, clients.client_id, 'accounting:' || coalesce(payments.customer_id, 'unknown'))
            as client_id,
        payments.currency, payments.amount as native_amount, payments.applied_amount,
        coalesce(case when invoices.is_counted then invoices.currency end, payments.currency) as invoice_currency,
        payments.paid_on
    from {{ ref('accounting_payments') }} as payments
    left join {{ ref('int_invoices') }} as invoices on payments.invoice_id = invoices.invoice_id
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
            when payments.invoice_currency = payments.currency then payments.native_amount
            when theirs.rate is not null and own.rate is not null then {{ cents(
                scaled('payments.native_amount', 4) ~ ' * ' ~ scaled('own.rate', 10), scaled('theirs.rate', 10), 4
            ) }}
            else 0
        end
    ) as decimal(18, 4)) as applied_native_amount,
    coalesce({{ converted('payments.native_amount', 'own.rate') }}, 0) as amount,
    own.rate is null as is_missing_fx_rate
from payments
left join {{ ref('int_fx_rates') }} as own
    on payments.currency = own.currency and payments.paid_on >= own.valid_from and payments.paid_on < own.valid_to
left join {{ ref('int_fx_rates') }} as theirs
    on payments.invoice_currency = theirs.currency
    and payments.paid_on >= theirs.valid_from and payments.paid_on < theirs.valid_to
