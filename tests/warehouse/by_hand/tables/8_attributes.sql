-- What everything can be told apart by: the attributes of companies, people and engagements. Nothing is ever empty.

-- A company has the name of its first record, and the parent that one of its accounts names.
create temp table client_attributes as
with named as (
    select c.client_id, arg_min(r.name, (list_position(['crm', 'psa', 'accounting'], r.role), r.key)) as client
    from client_records as r inner join client_of as c on c.record = r.role || ':' || r.key
    group by c.client_id
),

parents as (
    select c.client_id, min(p.client_id) as parent_id
    from canonical.crm_accounts as a
    inner join client_of as c on c.record = 'crm:' || a.account_id
    inner join client_of as p on p.record = 'crm:' || a.parent_account_id and p.client_id <> c.client_id
    group by c.client_id
)

select n.client_id, n.client, coalesce(up.client, n.client) as parent_client
from named as n
left join parents as p on p.client_id = n.client_id
left join named as up on up.client_id = p.parent_id;

create temp table resource_attributes as
select
    resource_id, name as resource, coalesce(role, '(none)') as resource_role,
    coalesce(practice, '(none)') as resource_practice, coalesce(legal_entity, '(none)') as resource_legal_entity
from canonical.psa_resources;

-- Of its earliest project, else of its earliest deal, an original one first, whose owner is the engagement's. What is
-- billed, recognised or paid without a known project has its customer's.
create temp table engagement_attributes as
with projects as (
    select e.engagement_id, arg_min(p, (p.created_at, p.project_id)) as first
    from engagement_of as e inner join canonical.psa_projects as p on e.member = 'project:' || p.project_id
    group by e.engagement_id
),

deals as (
    select e.engagement_id, arg_min(d, (d.change_order_number is not null, d.created_at, d.deal_id)) as first
    from engagement_of as e inner join canonical.crm_deals as d on e.member = 'deal:' || d.deal_id
    group by e.engagement_id
),

linked as (
    select
        n.engagement_id,
        coalesce(pc.client_id, dc.client_id) as client_id,
        coalesce(p.first.legal_entity, d.first.legal_entity) as legal_entity,
        coalesce(p.first.practice, d.first.practice) as practice,
        coalesce(p.first.contract_type, d.first.contract_type) as contract_type,
        p.first.manager_name as project_manager, p.first.status as project_status, d.first.owner_name as deal_owner
    from (select distinct engagement_id from engagement_of) as n
    left join projects as p on p.engagement_id = n.engagement_id
    left join deals as d on d.engagement_id = n.engagement_id
    left join client_of as pc on pc.record = 'psa:' || p.first.client_id
    left join client_of as dc on dc.record = 'crm:' || d.first.account_id
),

customers as (
    select c.client_id, min(k.legal_entity) as legal_entity
    from canonical.accounting_customers as k inner join client_of as c on c.record = 'accounting:' || k.customer_id
    group by c.client_id
),

unlinked as (
    select distinct engagement_id, replace(engagement_id, 'unlinked:', '') as client_id
    from (
        select engagement_id from billed_lines
        union all
        select engagement_id from postings
        union all
        select 'unlinked:' || client_id from payments
    ) where starts_with(engagement_id, 'unlinked:')
),

every as (
    select * from linked
    union all
    select u.engagement_id, u.client_id, k.legal_entity, null, null, null, null, null
    from unlinked as u left join customers as k on k.client_id = u.client_id
)

select
    e.engagement_id, e.client_id, coalesce(c.client, e.client_id, 'Unknown client') as client,
    coalesce(c.parent_client, e.client_id, 'Unknown client') as parent_client,
    coalesce(e.legal_entity, '(none)') as legal_entity, coalesce(e.practice, '(none)') as practice,
    coalesce(e.contract_type, '(none)') as contract_type, coalesce(e.project_manager, '(none)') as project_manager,
    coalesce(e.project_status, '(none)') as project_status, coalesce(e.deal_owner, '(none)') as deal_owner
from every as e left join client_attributes as c on c.client_id = e.client_id;
