-- Comes from canonical.crm_deal_history.changed_at, canonical.crm_deal_history.deal_id,
-- canonical.crm_deal_history.old_value, canonical.crm_deal_lines.hours, canonical.crm_deal_lines.role,
-- canonical.crm_deals.close_date, canonical.crm_deals.created_at, canonical.crm_deals.deal_id,
-- canonical.crm_deals.deleted_at, canonical.psa_assignments.deleted_at, canonical.psa_assignments.hours,
-- canonical.psa_assignments.role, canonical.psa_resources.role, canonical.psa_time_entries.hours,
-- canonical.psa_time_entries.role, canonical.psa_time_entries.work_date
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
    unstaffed_change__role as role,
    unstaffed_sold_hours
from (
    SELECT
      DATE_TRUNC('DAY', unstaffed_src_10000.metric_date) AS metric_time__day,
      unstaffed_src_10000.engagement_id AS engagement,
      unstaffed_src_10000.role AS unstaffed_change__role,
      subq_3.client AS engagement__client,
      subq_3.parent_client AS engagement__parent_client,
      subq_3.legal_entity AS engagement__legal_entity,
      subq_3.practice AS engagement__practice,
      subq_3.contract_type AS engagement__contract_type,
      subq_3.project_manager AS engagement__project_manager,
      subq_3.project_status AS engagement__project_status,
      subq_3.deal_owner AS engagement__deal_owner,
      unstaffed_src_10000.unstaffed_hours AS unstaffed_sold_hours
    FROM marts.fct_unstaffed AS unstaffed_src_10000
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
      ON unstaffed_src_10000.engagement_id = subq_3.engagement
)
where unstaffed_sold_hours <> 0
