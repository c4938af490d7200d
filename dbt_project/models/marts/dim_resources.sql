-- People who work. One row per resource.
select
    resource_id, name as resource, coalesce(role, '(none)') as resource_role, coalesce(practice, '(none)') as resource_practice,
    coalesce(legal_entity, '(none)') as resource_legal_entity
from {{ ref('psa_resources') }}
