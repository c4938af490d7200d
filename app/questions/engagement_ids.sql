-- The engagements that the filters leave. One row per engagement. An empty list is no filter; '' matches what is not set.
select e.engagement_id
from marts.dim_engagements as e
where
    (len($client) = 0 or list_contains($client, coalesce(e.client, '')))
    and (len($practice) = 0 or list_contains($practice, coalesce(e.practice, '')))
    and (len($legal_entity) = 0 or list_contains($legal_entity, coalesce(e.legal_entity, '')))
    and (len($project_manager) = 0 or list_contains($project_manager, coalesce(e.project_manager, '')))
    and (len($contract_type) = 0 or list_contains($contract_type, coalesce(e.contract_type, '')))
order by e.engagement_id
