-- Parity: by ledger and currency, what is collected and what is left out on purpose are all the payments there are - deleted,
-- intercompany, or of an invoice that another ledger holds too. Spread over lines, each payment is still itself.
with expected as (
    select payments.source_system, payments.currency, count(*) as payments, sum(payments.amount) as amount
    from {{ ref('accounting_payments') }} as payments
    left join {{ ref('accounting_customers') }} as customers on payments.customer_id = customers.customer_id
    left join {{ ref('int_invoices') }} as invoices on payments.invoice_id = invoices.invoice_id
    where payments.deleted_at is null and not coalesce(customers.is_intercompany, false)
        and not coalesce(invoices.is_between_companies, false) and invoices.is_duplicate_of is null
    group by payments.source_system, payments.currency
),

counted as (
    select payments.source_system, payments.currency, count(*) as payments, sum(payments.native_amount) as amount,
        sum(payments.amount * case payments.kind when 'refund' then -1 else 1 end) as reporting_amount
    from {{ ref('int_payments') }} as payments
    inner join {{ ref('accounting_payments') }} as originals on payments.payment_id = originals.payment_id
    group by payments.source_system, payments.currency
),

collected as (
    select facts.source_system, facts.native_currency as currency, count(distinct facts.payment_id) as payments,
        sum(facts.collected_amount + facts.bad_debt_amount + facts.withheld_amount) as reporting_amount
    from {{ ref('fct_collected') }} as facts
    inner join {{ ref('accounting_payments') }} as originals on facts.payment_id = originals.payment_id
    group by facts.source_system, facts.native_currency
)

select
    coalesce(expected.source_system, counted.source_system) as source_system, coalesce(expected.currency, counted.currency) as currency,
    expected.payments, counted.payments as counted, collected.payments as collected, expected.amount,
    counted.amount as counted_amount, counted.reporting_amount, collected.reporting_amount as collected_amount
from expected
full join counted on expected.source_system = counted.source_system and expected.currency = counted.currency
left join collected on counted.source_system = collected.source_system and counted.currency = collected.currency
where expected.payments is distinct from counted.payments or expected.amount is distinct from counted.amount
    or counted.payments is distinct from collected.payments
    or counted.reporting_amount is distinct from collected.reporting_amount
