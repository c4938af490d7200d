-- Comes from canonical.psa_resources.weekly_capacity_hours
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
