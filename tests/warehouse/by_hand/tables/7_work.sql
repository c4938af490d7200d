-- What was worked: entries that were not rejected.

create temp table entries as
select
    e.*, p.currency, p.client_id, coalesce(p.is_internal, false) as is_internal,
    coalesce(e.role, r.role) as worked_role,
    engagement_of_project(e.project_id) as engagement_id
from canonical.psa_time_entries as e
left join canonical.psa_projects as p on p.project_id = e.project_id
left join canonical.psa_resources as r on r.resource_id = e.resource_id
where e.deleted_at is null and e.status <> 'rejected';
