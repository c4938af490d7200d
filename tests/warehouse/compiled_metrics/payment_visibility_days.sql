-- Comes from canonical.accounting_payments.first_seen_at, canonical.accounting_payments.paid_on,
-- canonical.accounting_payments.source_system, canonical.sync_events.finished_at
select
    cast(metric_time__day as date) as metric_date,
    seen_payment,
    customer as client_id,
    coalesce(customer__client, '(none)') as client,
    coalesce(customer__parent_client, '(none)') as parent_client,
    seen_payment__ledger as ledger,
    seen_payment__is_within_sla as is_within_sla,
    seen_payment__is_from_log as is_from_log,
    payment_visibility_days
from (
    SELECT
      DATE_TRUNC('day', payment_visibility_src_10000.metric_date) AS metric_time__day
      , payment_visibility_src_10000.payment_id AS seen_payment
      , payment_visibility_src_10000.client_id AS customer
      , payment_visibility_src_10000.source_system AS seen_payment__ledger
      , payment_visibility_src_10000.is_within_sla AS seen_payment__is_within_sla
      , payment_visibility_src_10000.is_from_log AS seen_payment__is_from_log
      , clients_src_10000.client AS customer__client
      , clients_src_10000.parent_client AS customer__parent_client
      , PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY (payment_visibility_src_10000.days_until_seen)) AS payment_visibility_days
    FROM marts.fct_payment_visibility payment_visibility_src_10000
    LEFT OUTER JOIN
      marts.dim_clients clients_src_10000
    ON
      payment_visibility_src_10000.client_id = clients_src_10000.client_id
    GROUP BY
      DATE_TRUNC('day', payment_visibility_src_10000.metric_date)
      , payment_visibility_src_10000.payment_id
      , payment_visibility_src_10000.client_id
      , payment_visibility_src_10000.source_system
      , payment_visibility_src_10000.is_within_sla
      , payment_visibility_src_10000.is_from_log
      , clients_src_10000.client
      , clients_src_10000.parent_client
)
where payment_visibility_days is not null
