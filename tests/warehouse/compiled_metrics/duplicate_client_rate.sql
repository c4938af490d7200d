-- Comes from marts.fct_duplicates
select
    metric_date,
    client_id,
    client,
    parent_client,
    record_type,
    sum(numerator) as numerator,
    sum(denominator) as denominator,
    sum(sum(numerator)) over (partition by client_id, client, parent_client, record_type order by metric_date) / nullif(cast(sum(sum(denominator)) over (partition by client_id, client, parent_client, record_type order by metric_date) as double), 0) as duplicate_client_rate
from (
    select metric_date, client_id, client, parent_client, record_type, numerator, 0 as denominator
    from (
        select metric_date, client_id, client, parent_client, record_type, duplicate_client_count as numerator
        from (
            select
                cast(metric_time__day as date) as metric_date,
                customer as client_id,
                coalesce(customer__client, '(none)') as client,
                coalesce(customer__parent_client, '(none)') as parent_client,
                duplicate__record_type as record_type,
                cast(duplicate_client_count as bigint) as duplicate_client_count
            from (
                SELECT
                  DATE_TRUNC('DAY', duplicates_src_10000.metric_date) AS metric_time__day,
                  duplicates_src_10000.client_id AS customer,
                  duplicates_src_10000.record_type AS duplicate__record_type,
                  clients_src_10000.client AS customer__client,
                  clients_src_10000.parent_client AS customer__parent_client,
                  duplicates_src_10000.duplicate_client_count AS duplicate_client_count
                FROM marts.fct_duplicates AS duplicates_src_10000
                LEFT OUTER JOIN marts.dim_clients AS clients_src_10000
                  ON duplicates_src_10000.client_id = clients_src_10000.client_id
            )
            where duplicate_client_count <> 0
        )
    )
    union all
    select metric_date, client_id, client, parent_client, record_type, 0 as numerator, denominator
    from (
        select metric_date, client_id, client, parent_client, record_type, client_count as denominator
        from (
            select
                cast(metric_time__day as date) as metric_date,
                customer as client_id,
                coalesce(customer__client, '(none)') as client,
                coalesce(customer__parent_client, '(none)') as parent_client,
                duplicate__record_type as record_type,
                cast(client_count as bigint) as client_count
            from (
                SELECT
                  DATE_TRUNC('DAY', duplicates_src_10000.metric_date) AS metric_time__day,
                  duplicates_src_10000.client_id AS customer,
                  duplicates_src_10000.record_type AS duplicate__record_type,
                  clients_src_10000.client AS customer__client,
                  clients_src_10000.parent_client AS customer__parent_client,
                  duplicates_src_10000.client_count AS client_count
                FROM marts.fct_duplicates AS duplicates_src_10000
                LEFT OUTER JOIN marts.dim_clients AS clients_src_10000
                  ON duplicates_src_10000.client_id = clients_src_10000.client_id
            )
            where client_count <> 0
        )
    )
)
group by metric_date, client_id, client, parent_client, record_type
