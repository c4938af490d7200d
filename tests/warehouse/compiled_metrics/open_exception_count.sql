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
    cast(open_exception_count as bigint) as open_exception_count
from (
    SELECT
      DATE_TRUNC('DAY', exceptions_src_10000.metric_date) AS metric_time__day,
      exceptions_src_10000.client_id AS customer,
      exceptions_src_10000.engagement_id AS exception_change__engagement_id,
      exceptions_src_10000.exception_kind AS exception_change__exception_kind,
      exceptions_src_10000.subject AS exception_change__subject,
      exceptions_src_10000.severity AS exception_change__severity,
      exceptions_src_10000.owner_role AS exception_change__owner_role,
      clients_src_10000.client AS customer__client,
      clients_src_10000.parent_client AS customer__parent_client,
      exceptions_src_10000.open_change_count AS open_exception_count
    FROM marts.fct_exception_changes AS exceptions_src_10000
    LEFT OUTER JOIN marts.dim_clients AS clients_src_10000
      ON exceptions_src_10000.client_id = clients_src_10000.client_id
)
where open_exception_count <> 0
