-- Comes from marts.fct_open_exceptions
select
    cast(metric_time__day as date) as metric_date,
    open_exception,
    customer as client_id,
    coalesce(customer__client, '(none)') as client,
    coalesce(customer__parent_client, '(none)') as parent_client,
    open_exception__engagement_id as engagement_id,
    open_exception__exception_kind as exception_kind,
    open_exception__severity as severity,
    open_exception__owner_role as owner_role,
    exception_age_days
from (
    SELECT
      DATE_TRUNC('day', open_exceptions_src_10000.metric_date) AS metric_time__day
      , open_exceptions_src_10000.exception_id AS open_exception
      , open_exceptions_src_10000.client_id AS customer
      , open_exceptions_src_10000.engagement_id AS open_exception__engagement_id
      , open_exceptions_src_10000.exception_kind AS open_exception__exception_kind
      , open_exceptions_src_10000.severity AS open_exception__severity
      , open_exceptions_src_10000.owner_role AS open_exception__owner_role
      , clients_src_10000.client AS customer__client
      , clients_src_10000.parent_client AS customer__parent_client
      , PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY (open_exceptions_src_10000.age_days)) AS exception_age_days
    FROM marts.fct_open_exceptions open_exceptions_src_10000
    LEFT OUTER JOIN
      marts.dim_clients clients_src_10000
    ON
      open_exceptions_src_10000.client_id = clients_src_10000.client_id
    GROUP BY
      DATE_TRUNC('day', open_exceptions_src_10000.metric_date)
      , open_exceptions_src_10000.exception_id
      , open_exceptions_src_10000.client_id
      , open_exceptions_src_10000.engagement_id
      , open_exceptions_src_10000.exception_kind
      , open_exceptions_src_10000.severity
      , open_exceptions_src_10000.owner_role
      , clients_src_10000.client
      , clients_src_10000.parent_client
)
where exception_age_days is not null
