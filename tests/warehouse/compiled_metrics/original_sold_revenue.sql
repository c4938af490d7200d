-- Comes from canonical.crm_deal_history.changed_at, canonical.crm_deal_history.new_value,
-- canonical.crm_deal_history.old_value, canonical.crm_deal_lines.amount, canonical.crm_deals.amount,
-- canonical.crm_deals.change_order_number, canonical.crm_deals.close_date, canonical.crm_deals.created_at,
-- canonical.crm_deals.tax_amount, canonical.fx_rates.rate
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
    sold_line__sold_role as sold_role,
    original_sold_revenue
from (
    SELECT
      subq_1.metric_time__day AS metric_time__day,
      subq_1.engagement AS engagement,
      subq_1.revenue_type AS revenue_type,
      subq_1.sold_line__sold_role AS sold_line__sold_role,
      subq_3.client AS engagement__client,
      subq_3.parent_client AS engagement__parent_client,
      subq_3.legal_entity AS engagement__legal_entity,
      subq_3.practice AS engagement__practice,
      subq_3.contract_type AS engagement__contract_type,
      subq_3.project_manager AS engagement__project_manager,
      subq_3.project_status AS engagement__project_status,
      subq_3.deal_owner AS engagement__deal_owner,
      subq_1.__original_sold_revenue AS original_sold_revenue
    FROM (
      SELECT
        DATE_TRUNC('DAY', metric_date) AS metric_time__day,
        engagement_id AS engagement,
        revenue_type,
        COALESCE(role, '(none)') AS sold_line__sold_role,
        CASE WHEN is_change_order THEN 0 ELSE sold_amount END AS __original_sold_revenue
      FROM marts.fct_sold AS sold_src_10000
    ) AS subq_1
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
      ON subq_1.engagement = subq_3.engagement
)
where original_sold_revenue <> 0
