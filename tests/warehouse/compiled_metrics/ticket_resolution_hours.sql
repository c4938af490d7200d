-- Comes from canonical.support_tickets.closed_at, canonical.support_tickets.opened_at
select
    cast(metric_time__day as date) as metric_date,
    ticket_change,
    customer as client_id,
    coalesce(customer__client, '(none)') as client,
    coalesce(customer__parent_client, '(none)') as parent_client,
    ticket_change__engagement_id as engagement_id,
    ticket_change__project as project,
    ticket_change__priority as priority,
    ticket_resolution_hours
from (
    SELECT
      subq_1.metric_time__day AS metric_time__day
      , subq_1.ticket_change AS ticket_change
      , subq_1.customer AS customer
      , subq_1.ticket_change__engagement_id AS ticket_change__engagement_id
      , subq_1.ticket_change__project AS ticket_change__project
      , subq_1.ticket_change__priority AS ticket_change__priority
      , clients_src_10000.client AS customer__client
      , clients_src_10000.parent_client AS customer__parent_client
      , PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY (subq_1.__ticket_resolution_hours)) AS ticket_resolution_hours
    FROM (
      SELECT
        DATE_TRUNC('day', metric_date) AS metric_time__day
        , ticket_id || '|' || cast(metric_date as varchar) AS ticket_change
        , client_id AS customer
        , engagement_id AS ticket_change__engagement_id
        , project AS ticket_change__project
        , priority AS ticket_change__priority
        , resolution_hours AS __ticket_resolution_hours
      FROM marts.fct_tickets tickets_src_10000
    ) subq_1
    LEFT OUTER JOIN
      marts.dim_clients clients_src_10000
    ON
      subq_1.customer = clients_src_10000.client_id
    GROUP BY
      subq_1.metric_time__day
      , subq_1.ticket_change
      , subq_1.customer
      , subq_1.ticket_change__engagement_id
      , subq_1.ticket_change__project
      , subq_1.ticket_change__priority
      , clients_src_10000.client
      , clients_src_10000.parent_client
)
where ticket_resolution_hours is not null
