-- Comes from canonical.fx_rates.rate, canonical.psa_time_entries.bill_rate, canonical.psa_time_entries.hours,
-- canonical.psa_time_entries.is_billable
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
    time_entry__role as role,
    time_entry__time_status as time_status,
    time_entry__is_internal as is_internal,
    worked_amount
from (
    SELECT
      subq_1.metric_time__day AS metric_time__day,
      subq_1.engagement AS engagement,
      subq_1.revenue_type AS revenue_type,
      subq_1.worker AS worker,
      subq_1.time_entry__role AS time_entry__role,
      subq_1.time_entry__time_status AS time_entry__time_status,
      subq_1.time_entry__is_internal AS time_entry__is_internal,
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
      subq_1.__worked_amount AS worked_amount
    FROM (
      SELECT
        DATE_TRUNC('DAY', metric_date) AS metric_time__day,
        engagement_id AS engagement,
        'service' AS revenue_type,
        resource_id AS worker,
        COALESCE(role, '(none)') AS time_entry__role,
        status AS time_entry__time_status,
        is_internal AS time_entry__is_internal,
        worked_amount AS __worked_amount
      FROM marts.fct_time_entries AS time_entries_src_10000
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
    LEFT OUTER JOIN marts.dim_resources AS resources_src_10000
      ON subq_1.worker = resources_src_10000.resource_id
)
where worked_amount <> 0
