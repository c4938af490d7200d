-- Comes from rows counted, whatever they hold
select
    cast(metric_time__day as date) as metric_date,
    customer as client_id,
    coalesce(customer__client, '(none)') as client,
    coalesce(customer__parent_client, '(none)') as parent_client,
    decision__legal_entity as legal_entity,
    decision__practice as practice,
    decision__contract_type as contract_type,
    decision__deal_owner as deal_owner,
    cast(won_deal_count as bigint) as won_deal_count
from (
    SELECT
      DATE_TRUNC('DAY', deal_decisions_src_10000.metric_date) AS metric_time__day,
      deal_decisions_src_10000.client_id AS customer,
      deal_decisions_src_10000.legal_entity AS decision__legal_entity,
      deal_decisions_src_10000.practice AS decision__practice,
      deal_decisions_src_10000.contract_type AS decision__contract_type,
      deal_decisions_src_10000.deal_owner AS decision__deal_owner,
      clients_src_10000.client AS customer__client,
      clients_src_10000.parent_client AS customer__parent_client,
      deal_decisions_src_10000.won_deal_count AS won_deal_count
    FROM marts.fct_deal_decisions AS deal_decisions_src_10000
    LEFT OUTER JOIN marts.dim_clients AS clients_src_10000
      ON deal_decisions_src_10000.client_id = clients_src_10000.client_id
)
where won_deal_count <> 0
