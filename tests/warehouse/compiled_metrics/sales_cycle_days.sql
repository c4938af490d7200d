-- Comes from canonical.crm_deal_history.changed_at, canonical.crm_deal_history.deal_id,
-- canonical.crm_deal_history.old_value, canonical.crm_deals.close_date, canonical.crm_deals.created_at,
-- canonical.crm_deals.deal_id, canonical.crm_deals.deleted_at
select
    cast(metric_time__day as date) as metric_date,
    decision,
    customer as client_id,
    coalesce(customer__client, '(none)') as client,
    coalesce(customer__parent_client, '(none)') as parent_client,
    decision__legal_entity as legal_entity,
    decision__practice as practice,
    decision__contract_type as contract_type,
    decision__deal_owner as deal_owner,
    sales_cycle_days
from (
    SELECT
      subq_1.metric_time__day AS metric_time__day
      , subq_1.decision AS decision
      , subq_1.customer AS customer
      , subq_1.decision__legal_entity AS decision__legal_entity
      , subq_1.decision__practice AS decision__practice
      , subq_1.decision__contract_type AS decision__contract_type
      , subq_1.decision__deal_owner AS decision__deal_owner
      , clients_src_10000.client AS customer__client
      , clients_src_10000.parent_client AS customer__parent_client
      , PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY (subq_1.__sales_cycle_days)) AS sales_cycle_days
    FROM (
      SELECT
        DATE_TRUNC('day', metric_date) AS metric_time__day
        , deal_id || '|' || outcome || '|' || cast(metric_date as varchar) AS decision
        , client_id AS customer
        , legal_entity AS decision__legal_entity
        , practice AS decision__practice
        , contract_type AS decision__contract_type
        , deal_owner AS decision__deal_owner
        , sales_cycle_days AS __sales_cycle_days
      FROM marts.fct_deal_decisions deal_decisions_src_10000
    ) subq_1
    LEFT OUTER JOIN
      marts.dim_clients clients_src_10000
    ON
      subq_1.customer = clients_src_10000.client_id
    GROUP BY
      subq_1.metric_time__day
      , subq_1.decision
      , subq_1.customer
      , subq_1.decision__legal_entity
      , subq_1.decision__practice
      , subq_1.decision__contract_type
      , subq_1.decision__deal_owner
      , clients_src_10000.client
      , clients_src_10000.parent_client
)
where sales_cycle_days is not null
