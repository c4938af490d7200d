-- Comes from canonical.fx_rates.rate, canonical.psa_cost_rates.hourly_cost, canonical.psa_expenses.amount,
-- canonical.psa_time_entries.hours
select
    cast(metric_time__day as date) as metric_date,
    engagement as engagement_id,
    coalesce(engagement__client, '(none)') as client,
    coalesce(engagement__parent_client, '(none)') as parent_client,
    coalesce(engagement__legal_entity, '(none)') as legal_entity,
    coalesce(engagement__practice, '(none)') as practice,
    coalesce(engagement__contract_type, '(none)') as contract_type,
    coalesce(engagement__project_manager, '(none)') as project_manager,
    coalesce(engagement__project_status, '(none)') as project_status,
    coalesce(engagement__deal_owner, '(none)') as deal_owner,
    revenue_type,
    worker as resource_id,
    coalesce(worker__resource, '(none)') as resource,
    coalesce(worker__resource_role, '(none)') as resource_role,
    coalesce(worker__resource_practice, '(none)') as resource_practice,
    coalesce(worker__resource_legal_entity, '(none)') as resource_legal_entity,
    delivery_cost_line__cost_kind as cost_kind,
    delivery_cost_line__role as role,
    delivery_cost_amount
from (
    SELECT
      metric_time__day,
      engagement,
      revenue_type,
      worker,
      delivery_cost_line__cost_kind,
      delivery_cost_line__role,
      engagement__client,
      engagement__parent_client,
      engagement__legal_entity,
      engagement__practice,
      engagement__contract_type,
      engagement__project_manager,
      engagement__project_status,
      engagement__deal_owner,
      worker__resource,
      worker__resource_role,
      worker__resource_practice,
      worker__resource_legal_entity,
      COALESCE(__delivery_cost_amount, 0) AS delivery_cost_amount
    FROM (
      SELECT
        DATE_TRUNC('DAY', delivery_cost_src_10000.metric_date) AS metric_time__day,
        delivery_cost_src_10000.engagement_id AS engagement,
        delivery_cost_src_10000.revenue_type AS revenue_type,
        delivery_cost_src_10000.resource_id AS worker,
        delivery_cost_src_10000.cost_kind AS delivery_cost_line__cost_kind,
        delivery_cost_src_10000.role AS delivery_cost_line__role,
        subq_3.client AS engagement__client,
        subq_3.parent_client AS engagement__parent_client,
        subq_3.legal_entity AS engagement__legal_entity,
        subq_3.practice AS engagement__practice,
        subq_3.contract_type AS engagement__contract_type,
        subq_3.project_manager AS engagement__project_manager,
        subq_3.project_status AS engagement__project_status,
        subq_3.deal_owner AS engagement__deal_owner,
        resources_src_10000.resource AS worker__resource,
        resources_src_10000.resource_role AS worker__resource_role,
        resources_src_10000.resource_practice AS worker__resource_practice,
        resources_src_10000.resource_legal_entity AS worker__resource_legal_entity,
        delivery_cost_src_10000.delivery_cost_amount AS __delivery_cost_amount
      FROM marts.fct_delivery_cost AS delivery_cost_src_10000
      LEFT OUTER JOIN (
        SELECT
          engagement_id AS engagement,
          client,
          parent_client,
          COALESCE(legal_entity, '(none)') AS legal_entity,
          COALESCE(practice, '(none)') AS practice,
          COALESCE(contract_type, '(none)') AS contract_type,
          COALESCE(project_manager, '(none)') AS project_manager,
          COALESCE(project_status, '(none)') AS project_status,
          COALESCE(deal_owner, '(none)') AS deal_owner
        FROM marts.dim_engagements AS engagements_src_10000
      ) AS subq_3
        ON delivery_cost_src_10000.engagement_id = subq_3.engagement
      LEFT OUTER JOIN marts.dim_resources AS resources_src_10000
        ON delivery_cost_src_10000.resource_id = resources_src_10000.resource_id
    ) AS subq_9
)
where delivery_cost_amount <> 0
