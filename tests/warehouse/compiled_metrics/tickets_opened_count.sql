-- Comes from rows counted, whatever they hold
select
    cast(metric_time__day as date) as metric_date,
    customer as client_id,
    coalesce(customer__client, '(none)') as client,
    coalesce(customer__parent_client, '(none)') as parent_client,
    ticket_change__engagement_id as engagement_id,
    ticket_change__project as project,
    ticket_change__priority as priority,
    cast(tickets_opened_count as bigint) as tickets_opened_count
from (
    SELECT
      DATE_TRUNC('DAY', tickets_src_10000.metric_date) AS metric_time__day,
      tickets_src_10000.client_id AS customer,
      tickets_src_10000.engagement_id AS ticket_change__engagement_id,
      tickets_src_10000.project AS ticket_change__project,
      tickets_src_10000.priority AS ticket_change__priority,
      clients_src_10000.client AS customer__client,
      clients_src_10000.parent_client AS customer__parent_client,
      tickets_src_10000.opened_count AS tickets_opened_count
    FROM marts.fct_tickets AS tickets_src_10000
    LEFT OUTER JOIN marts.dim_clients AS clients_src_10000
      ON tickets_src_10000.client_id = clients_src_10000.client_id
)
where tickets_opened_count <> 0
