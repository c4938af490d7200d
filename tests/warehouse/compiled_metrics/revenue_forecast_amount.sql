-- Comes from canonical.accounting_invoice_lines.booked_amount,
-- canonical.accounting_invoice_lines.booked_currency, canonical.accounting_invoice_lines.invoice_line_id,
-- canonical.accounting_invoice_lines.net_amount, canonical.fx_rates.rate, canonical.psa_budget_lines.amount
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
    revenue_forecast_amount
from (
    SELECT
      DATE_TRUNC('DAY', revenue_forecast_src_10000.metric_date) AS metric_time__day,
      revenue_forecast_src_10000.engagement_id AS engagement,
      revenue_forecast_src_10000.revenue_type AS revenue_type,
      subq_3.client AS engagement__client,
      subq_3.parent_client AS engagement__parent_client,
      subq_3.legal_entity AS engagement__legal_entity,
      subq_3.practice AS engagement__practice,
      subq_3.contract_type AS engagement__contract_type,
      subq_3.project_manager AS engagement__project_manager,
      subq_3.project_status AS engagement__project_status,
      subq_3.deal_owner AS engagement__deal_owner,
      revenue_forecast_src_10000.forecast_amount AS revenue_forecast_amount
    FROM marts.fct_revenue_forecast AS revenue_forecast_src_10000
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
      ON revenue_forecast_src_10000.engagement_id = subq_3.engagement
)
where revenue_forecast_amount <> 0
