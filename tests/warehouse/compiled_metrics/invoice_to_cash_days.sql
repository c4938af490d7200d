-- Comes from canonical.accounting_credit_allocations.allocated_on,
-- canonical.accounting_credit_allocations.amount, canonical.accounting_customers.payment_terms_days,
-- canonical.accounting_invoice_lines.invoice_id, canonical.accounting_invoice_lines.net_amount,
-- canonical.accounting_invoice_lines.tax_amount, canonical.accounting_invoices.currency,
-- canonical.accounting_invoices.dispute_resolved_at, canonical.accounting_invoices.disputed_at,
-- canonical.accounting_invoices.due_date, canonical.accounting_invoices.invoice_date,
-- canonical.accounting_invoices.invoice_id, canonical.accounting_invoices.status,
-- canonical.accounting_invoices.type, canonical.accounting_invoices.voided_at,
-- canonical.accounting_payments.amount, canonical.accounting_payments.applied_amount,
-- canonical.accounting_payments.currency, canonical.accounting_payments.kind,
-- canonical.accounting_payments.paid_on, canonical.fx_rates.rate
select
    cast(metric_time__day as date) as metric_date,
    invoice,
    customer as client_id,
    coalesce(customer__client, '(none)') as client,
    coalesce(customer__parent_client, '(none)') as parent_client,
    invoice__booking_legal_entity as booking_legal_entity,
    invoice__ledger as ledger,
    invoice_to_cash_days
from (
    SELECT
      DATE_TRUNC('day', paid_invoices_src_10000.paid_in_full_on) AS metric_time__day
      , paid_invoices_src_10000.invoice_id AS invoice
      , paid_invoices_src_10000.client_id AS customer
      , paid_invoices_src_10000.booking_legal_entity AS invoice__booking_legal_entity
      , paid_invoices_src_10000.source_system AS invoice__ledger
      , clients_src_10000.client AS customer__client
      , clients_src_10000.parent_client AS customer__parent_client
      , PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY (paid_invoices_src_10000.days_to_cash)) AS invoice_to_cash_days
    FROM marts.fct_invoices paid_invoices_src_10000
    LEFT OUTER JOIN
      marts.dim_clients clients_src_10000
    ON
      paid_invoices_src_10000.client_id = clients_src_10000.client_id
    GROUP BY
      DATE_TRUNC('day', paid_invoices_src_10000.paid_in_full_on)
      , paid_invoices_src_10000.invoice_id
      , paid_invoices_src_10000.client_id
      , paid_invoices_src_10000.booking_legal_entity
      , paid_invoices_src_10000.source_system
      , clients_src_10000.client
      , clients_src_10000.parent_client
)
where invoice_to_cash_days is not null
