-- Comes from canonical.accounting_invoices.status
select
    metric_date,
    client_id,
    client,
    parent_client,
    booking_legal_entity,
    ledger,
    sum(numerator) as numerator,
    sum(denominator) as denominator,
    sum(numerator) / nullif(cast(sum(denominator) as double), 0) as invoice_rejection_rate
from (
    select metric_date, client_id, client, parent_client, booking_legal_entity, ledger, numerator, 0 as denominator
    from (
        select metric_date, client_id, client, parent_client, booking_legal_entity, ledger, rejected_invoice_count as numerator
        from (
            select
                cast(metric_time__day as date) as metric_date,
                customer as client_id,
                coalesce(customer__client, '(none)') as client,
                coalesce(customer__parent_client, '(none)') as parent_client,
                sent_invoice__booking_legal_entity as booking_legal_entity,
                sent_invoice__ledger as ledger,
                cast(rejected_invoice_count as bigint) as rejected_invoice_count
            from (
                SELECT
                  DATE_TRUNC('DAY', invoices_src_10000.metric_date) AS metric_time__day,
                  invoices_src_10000.client_id AS customer,
                  invoices_src_10000.booking_legal_entity AS sent_invoice__booking_legal_entity,
                  invoices_src_10000.source_system AS sent_invoice__ledger,
                  clients_src_10000.client AS customer__client,
                  clients_src_10000.parent_client AS customer__parent_client,
                  invoices_src_10000.rejected_count AS rejected_invoice_count
                FROM marts.fct_invoices AS invoices_src_10000
                LEFT OUTER JOIN marts.dim_clients AS clients_src_10000
                  ON invoices_src_10000.client_id = clients_src_10000.client_id
            )
            where rejected_invoice_count <> 0
        )
    )
    union all
    select metric_date, client_id, client, parent_client, booking_legal_entity, ledger, 0 as numerator, denominator
    from (
        select metric_date, client_id, client, parent_client, booking_legal_entity, ledger, sent_invoice_count as denominator
        from (
            select
                cast(metric_time__day as date) as metric_date,
                customer as client_id,
                coalesce(customer__client, '(none)') as client,
                coalesce(customer__parent_client, '(none)') as parent_client,
                sent_invoice__booking_legal_entity as booking_legal_entity,
                sent_invoice__ledger as ledger,
                cast(sent_invoice_count as bigint) as sent_invoice_count
            from (
                SELECT
                  subq_1.metric_time__day AS metric_time__day,
                  subq_1.customer AS customer,
                  subq_1.sent_invoice__booking_legal_entity AS sent_invoice__booking_legal_entity,
                  subq_1.sent_invoice__ledger AS sent_invoice__ledger,
                  clients_src_10000.client AS customer__client,
                  clients_src_10000.parent_client AS customer__parent_client,
                  subq_1.__sent_invoice_count AS sent_invoice_count
                FROM (
                  SELECT
                    DATE_TRUNC('DAY', metric_date) AS metric_time__day,
                    client_id AS customer,
                    booking_legal_entity AS sent_invoice__booking_legal_entity,
                    source_system AS sent_invoice__ledger,
                    1 AS __sent_invoice_count
                  FROM marts.fct_invoices AS invoices_src_10000
                ) AS subq_1
                LEFT OUTER JOIN marts.dim_clients AS clients_src_10000
                  ON subq_1.customer = clients_src_10000.client_id
            )
            where sent_invoice_count <> 0
        )
    )
)
group by metric_date, client_id, client, parent_client, booking_legal_entity, ledger
