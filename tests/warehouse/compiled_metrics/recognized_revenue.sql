-- Comes from canonical.accounting_revenue_postings.amount, canonical.fx_rates.rate
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
    revenue_posting__posting_source as posting_source,
    revenue_posting__booking_legal_entity as booking_legal_entity,
    revenue_posting__account_code as account_code,
    recognized_revenue
from (
    SELECT
      metric_time__day,
      engagement,
      revenue_type,
      revenue_posting__posting_source,
      revenue_posting__booking_legal_entity,
      revenue_posting__account_code,
      engagement__client,
      engagement__parent_client,
      engagement__legal_entity,
      engagement__practice,
      engagement__contract_type,
      engagement__project_manager,
      engagement__project_status,
      engagement__deal_owner,
      COALESCE(__recognized_revenue, 0) AS recognized_revenue
    FROM (
      SELECT
        subq_1.metric_time__day AS metric_time__day,
        subq_1.engagement AS engagement,
        subq_1.revenue_type AS revenue_type,
        subq_1.revenue_posting__posting_source AS revenue_posting__posting_source,
        subq_1.revenue_posting__booking_legal_entity AS revenue_posting__booking_legal_entity,
        subq_1.revenue_posting__account_code AS revenue_posting__account_code,
        subq_3.client AS engagement__client,
        subq_3.parent_client AS engagement__parent_client,
        subq_3.legal_entity AS engagement__legal_entity,
        subq_3.practice AS engagement__practice,
        subq_3.contract_type AS engagement__contract_type,
        subq_3.project_manager AS engagement__project_manager,
        subq_3.project_status AS engagement__project_status,
        subq_3.deal_owner AS engagement__deal_owner,
        subq_1.__recognized_revenue AS __recognized_revenue
      FROM (
        SELECT
          DATE_TRUNC('DAY', metric_date) AS metric_time__day,
          engagement_id AS engagement,
          revenue_type,
          COALESCE(posting_source, '(none)') AS revenue_posting__posting_source,
          COALESCE(booking_legal_entity, '(none)') AS revenue_posting__booking_legal_entity,
          COALESCE(account_code, '(none)') AS revenue_posting__account_code,
          recognized_amount AS __recognized_revenue
        FROM marts.fct_recognized AS recognized_src_10000
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
    ) AS subq_7
)
where recognized_revenue <> 0
