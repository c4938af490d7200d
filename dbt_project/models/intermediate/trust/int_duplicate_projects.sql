-- Projects that may be one: one project code, or one name for one client. One row per pair.
with projects as (
    select
        projects.project_id as member, clients.client_id, lower(trim(projects.project_code)) as project_code,
        projects.currency, projects.source_system, projects.start_date, projects.end_date,
        trim(regexp_replace(lower(projects.name), '[^0-9a-z]+', ' ', 'g')) as normal_name
    from {{ ref('psa_projects') }} as projects
    left join {{ ref('int_client_members') }} as clients on 'psa:' || projects.client_id = clients.member
    where projects.deleted_at is null
)

select
    'project' as record_type, ones.member, others.member as other_member, 95.0 as score,
    'same project code ' || ones.project_code as evidence
from projects as ones
inner join projects as others on ones.project_code = others.project_code and ones.member < others.member
where ones.project_code <> ''
union all
select
    'project' as record_type, ones.member, others.member as other_member, 90.0 as score,
    'same name for the same client' as evidence
from projects as ones
inner join projects as others
    on ones.client_id = others.client_id and ones.normal_name = others.normal_name and ones.member < others.member
where ones.normal_name <> '' and (ones.project_code is null or others.project_code is null)
