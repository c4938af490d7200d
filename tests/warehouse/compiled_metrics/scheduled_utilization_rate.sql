-- Comes from canonical.psa_assignments.deleted_at, canonical.psa_assignments.hours,
-- canonical.psa_resources.weekly_capacity_hours
select
    metric_date,
    resource_id,
    resource,
    resource_role,
    resource_practice,
    resource_legal_entity,
    sum(numerator) as numerator,
    sum(denominator) as denominator,
    sum(numerator) / nullif(cast(sum(denominator) as double), 0) as scheduled_utilization_rate
from (
    select metric_date, resource_id, resource, resource_role, resource_practice, resource_legal_entity, numerator, 0 as denominator
    from (
        select metric_date, resource_id, resource, resource_role, resource_practice, resource_legal_entity, assigned_hours as numerator
        from (
            select
                cast(metric_time__day as date) as metric_date,
                worker as resource_id,
                coalesce(worker__resource, '(none)') as resource,
                coalesce(worker__resource_role, '(none)') as resource_role,
                coalesce(worker__resource_practice, '(none)') as resource_practice,
                coalesce(worker__resource_legal_entity, '(none)') as resource_legal_entity,
                assigned_hours
            from (
                SELECT
                  DATE_TRUNC('DAY', assignments_src_10000.metric_date) AS metric_time__day,
                  assignments_src_10000.engagement_id AS engagement,
                  assignments_src_10000.resource_id AS worker,
                  assignments_src_10000.role AS assignment_day__role,
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
                  assignments_src_10000.assigned_hours AS assigned_hours
                FROM marts.fct_assignments AS assignments_src_10000
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
                  ON assignments_src_10000.engagement_id = subq_3.engagement
                LEFT OUTER JOIN marts.dim_resources AS resources_src_10000
                  ON assignments_src_10000.resource_id = resources_src_10000.resource_id
            )
            where assigned_hours <> 0
        )
    )
    union all
    select metric_date, resource_id, resource, resource_role, resource_practice, resource_legal_entity, 0 as numerator, denominator
    from (
        select metric_date, resource_id, resource, resource_role, resource_practice, resource_legal_entity, capacity_hours as denominator
        from (
            select
                cast(metric_time__day as date) as metric_date,
                worker as resource_id,
                coalesce(worker__resource, '(none)') as resource,
                coalesce(worker__resource_role, '(none)') as resource_role,
                coalesce(worker__resource_practice, '(none)') as resource_practice,
                coalesce(worker__resource_legal_entity, '(none)') as resource_legal_entity,
                capacity_hours
            from (
                SELECT
                  DATE_TRUNC('DAY', capacity_src_10000.metric_date) AS metric_time__day,
                  capacity_src_10000.resource_id AS worker,
                  resources_src_10000.resource AS worker__resource,
                  resources_src_10000.resource_role AS worker__resource_role,
                  resources_src_10000.resource_practice AS worker__resource_practice,
                  resources_src_10000.resource_legal_entity AS worker__resource_legal_entity,
                  capacity_src_10000.capacity_hours AS capacity_hours
                FROM marts.fct_capacity AS capacity_src_10000
                LEFT OUTER JOIN marts.dim_resources AS resources_src_10000
                  ON capacity_src_10000.resource_id = resources_src_10000.resource_id
            )
            where capacity_hours <> 0
        )
    )
)
group by metric_date, resource_id, resource, resource_role, resource_practice, resource_legal_entity
