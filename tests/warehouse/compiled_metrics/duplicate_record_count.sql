-- Comes from marts.fct_duplicates
select
    cast(metric_time__day as date) as metric_date,
    customer as client_id,
    coalesce(customer__client, '(none)') as client,
    coalesce(customer__parent_client, '(none)') as parent_client,
    duplicate__record_type as record_type,
    cast(duplicate_record_count as bigint) as duplicate_record_count
from (
    SELECT
      DATE_TRUNC('DAY', duplicates_src_10000.metric_date) AS metric_time__day,
      duplicates_src_10000.client_id AS customer,
      duplicates_src_10000.record_type AS duplicate__record_type,
      clients_src_10000.client AS customer__client,
      clients_src_10000.parent_client AS customer__parent_client,
      duplicates_src_10000.duplicate_record_count AS duplicate_record_count
    FROM marts.fct_duplicates AS duplicates_src_10000
    LEFT OUTER JOIN marts.dim_clients AS clients_src_10000
      ON duplicates_src_10000.client_id = clients_src_10000.client_id
)
where duplicate_record_count <> 0
