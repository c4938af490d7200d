-- Comes from canonical.psa_expenses.expense_date, canonical.psa_time_entries.work_date
select
    cast(metric_time__day as date) as metric_date,
    billed_entry,
    engagement as engagement_id,
    coalesce(engagement__client, '(none)') as client,
    coalesce(engagement__parent_client, '(none)') as parent_client,
    coalesce(engagement__legal_entity, '(none)') as legal_entity,
    coalesce(engagement__practice, '(none)') as practice,
    coalesce(engagement__contract_type, '(none)') as contract_type,
    coalesce(engagement__project_manager, '(none)') as project_manager,
    coalesce(engagement__project_status, '(none)') as project_status,
    coalesce(engagement__deal_owner, '(none)') as deal_owner,
    billed_entry__role as role,
    billed_entry__is_within_sla as is_within_sla,
    billing_cycle_days
from (
    SELECT
      DATE_TRUNC('day', work_billing_src_10000.metric_date) AS metric_time__day
      , work_billing_src_10000.time_entry_id AS billed_entry
      , work_billing_src_10000.engagement_id AS engagement
      , work_billing_src_10000.role AS billed_entry__role
      , work_billing_src_10000.is_within_sla AS billed_entry__is_within_sla
      , subq_3.client AS engagement__client
      , subq_3.parent_client AS engagement__parent_client
      , subq_3.legal_entity AS engagement__legal_entity
      , subq_3.practice AS engagement__practice
      , subq_3.contract_type AS engagement__contract_type
      , subq_3.project_manager AS engagement__project_manager
      , subq_3.project_status AS engagement__project_status
      , subq_3.deal_owner AS engagement__deal_owner
      , PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY (work_billing_src_10000.days_from_month_end)) AS billing_cycle_days
    FROM marts.fct_work_billing work_billing_src_10000
    LEFT OUTER JOIN (
      SELECT
        engagement_id AS engagement
        , client
        , parent_client
        , coalesce(legal_entity, '(none)') AS legal_entity
        , coalesce(practice, '(none)') AS practice
        , coalesce(contract_type, '(none)') AS contract_type
        , coalesce(project_manager, '(none)') AS project_manager
        , coalesce(project_status, '(none)') AS project_status
        , coalesce(deal_owner, '(none)') AS deal_owner
      FROM marts.dim_engagements engagements_src_10000
    ) subq_3
    ON
      work_billing_src_10000.engagement_id = subq_3.engagement
    GROUP BY
      DATE_TRUNC('day', work_billing_src_10000.metric_date)
      , work_billing_src_10000.time_entry_id
      , work_billing_src_10000.engagement_id
      , work_billing_src_10000.role
      , work_billing_src_10000.is_within_sla
      , subq_3.client
      , subq_3.parent_client
      , subq_3.legal_entity
      , subq_3.practice
      , subq_3.contract_type
      , subq_3.project_manager
      , subq_3.project_status
      , subq_3.deal_owner
)
where billing_cycle_days is not null
