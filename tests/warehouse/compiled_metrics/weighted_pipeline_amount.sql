-- Comes from canonical.crm_deal_history.changed_at, canonical.crm_deal_history.deal_id,
-- canonical.crm_deal_history.new_value, canonical.crm_deal_history.old_value, canonical.crm_deals.amount,
-- canonical.crm_deals.close_date, canonical.crm_deals.created_at, canonical.crm_deals.deal_id,
-- canonical.crm_deals.deleted_at, canonical.crm_deals.probability, canonical.fx_rates.rate
select
    cast(metric_time__day as date) as metric_date,
    customer as client_id,
    coalesce(customer__client, '(none)') as client,
    coalesce(customer__parent_client, '(none)') as parent_client,
    revenue_type,
    open_deal__legal_entity as legal_entity,
    open_deal__practice as practice,
    open_deal__contract_type as contract_type,
    open_deal__project_manager as project_manager,
    open_deal__project_status as project_status,
    open_deal__deal_owner as deal_owner,
    open_deal__deal as deal,
    open_deal__deal_stage as deal_stage,
    weighted_pipeline_amount
from (
    SELECT
      DATE_TRUNC('DAY', pipeline_src_10000.metric_date) AS metric_time__day,
      pipeline_src_10000.client_id AS customer,
      pipeline_src_10000.revenue_type AS revenue_type,
      pipeline_src_10000.legal_entity AS open_deal__legal_entity,
      pipeline_src_10000.practice AS open_deal__practice,
      pipeline_src_10000.contract_type AS open_deal__contract_type,
      pipeline_src_10000.project_manager AS open_deal__project_manager,
      pipeline_src_10000.project_status AS open_deal__project_status,
      pipeline_src_10000.deal_owner AS open_deal__deal_owner,
      pipeline_src_10000.deal AS open_deal__deal,
      pipeline_src_10000.deal_stage AS open_deal__deal_stage,
      clients_src_10000.client AS customer__client,
      clients_src_10000.parent_client AS customer__parent_client,
      pipeline_src_10000.weighted_pipeline_amount AS weighted_pipeline_amount
    FROM marts.fct_pipeline AS pipeline_src_10000
    LEFT OUTER JOIN marts.dim_clients AS clients_src_10000
      ON pipeline_src_10000.client_id = clients_src_10000.client_id
)
where weighted_pipeline_amount <> 0
