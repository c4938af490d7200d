-- Comes from marts.fct_exception_changes
select
    cast(metric_time__day as date) as metric_date,
    customer as client_id,
    coalesce(customer__client, '(none)') as client,
    coalesce(customer__parent_client, '(none)') as parent_client,
    exception_change__engagement_id as engagement_id,
    exception_change__exception_kind as exception_kind,
    exception_change__subject as subject,
    exception_change__severity as severity,
    exception_change__owner_role as owner_role,
    reconciliation_backlog_amount
from (
    SELECT
      subq_1.metric_time__day AS metric_time__day,
      subq_1.customer AS customer,
      subq_1.exception_change__engagement_id AS exception_change__engagement_id,
      subq_1.exception_change__exception_kind AS exception_change__exception_kind,
      subq_1.exception_change__subject AS exception_change__subject,
      subq_1.exception_change__severity AS exception_change__severity,
      subq_1.exception_change__owner_role AS exception_change__owner_role,
      clients_src_10000.client AS customer__client,
      clients_src_10000.parent_client AS customer__parent_client,
      subq_1.__reconciliation_backlog_amount AS reconciliation_backlog_amount
    FROM (
      SELECT
        DATE_TRUNC('DAY', metric_date) AS metric_time__day,
        client_id AS customer,
        engagement_id AS exception_change__engagement_id,
        exception_kind AS exception_change__exception_kind,
        subject AS exception_change__subject,
        severity AS exception_change__severity,
        owner_role AS exception_change__owner_role,
        CASE WHEN exception_kind = 'variance' THEN open_change_amount ELSE 0 END AS __reconciliation_backlog_amount
      FROM marts.fct_exception_changes AS exceptions_src_10000
    ) AS subq_1
    LEFT OUTER JOIN marts.dim_clients AS clients_src_10000
      ON subq_1.customer = clients_src_10000.client_id
)
where reconciliation_backlog_amount <> 0
