-- Real companies: records tied by a cross-reference, an equal tax id or a person's decision.
-- A company is named by the first of its records: CRM before PSA before accounting, then by key.

create temp table client_records as
select 'crm' as role, account_id as key, name, tax_id, cast(null as varchar) as account_id from canonical.crm_accounts
union all
select 'psa', client_id, name, tax_id, crm_account_id from canonical.psa_clients
union all
select 'accounting', customer_id, name, tax_id, crm_account_id from canonical.accounting_customers;

create temp table client_links as
with roles as (select unnest(['crm', 'psa', 'accounting']) as role),

bare_tax_ids as (
    select role || ':' || key as record, upper(regexp_replace(tax_id, '[^A-Za-z0-9]', '', 'g')) as tax_id
    from client_records where tax_id is not null
),

decided as (  -- a key without its role means that of any role
    select
        case when split_part(client_key, ':', 1) in ('crm', 'psa', 'accounting') then [client_key]
            else (select list(role || ':' || client_key) from roles) end as ones,
        case when split_part(same_as, ':', 1) in ('crm', 'psa', 'accounting') then [same_as]
            else (select list(role || ':' || same_as) from roles) end as others
    from seeds.client_aliases
),

pairs as (
    select role || ':' || key as one, 'crm:' || account_id as other from client_records where account_id is not null
    union all
    select a.record, b.record from bare_tax_ids as a inner join bare_tax_ids as b on b.tax_id = a.tax_id
    where a.tax_id <> ''
    union all
    select one, unnest(others) from (select unnest(ones) as one, others from decided)
),

known as (
    select p.* from pairs as p
    inner join client_records as a on a.role || ':' || a.key = p.one
    inner join client_records as b on b.role || ':' || b.key = p.other
)

select one, other from known
union
select other, one from known;

create temp table client_of as
with recursive reached as (
    select role || ':' || key as record, role || ':' || key as other from client_records
    union
    select r.record, l.other from reached as r inner join client_links as l on l.one = r.other
)

select
    record,
    arg_min(other, list_position(['crm', 'psa', 'accounting'], split_part(other, ':', 1)) || other) as client_id
from reached group by record;

-- A customer that no ledger knows is a company of its own.
create temp macro client_of_customer(customer, system_name) as coalesce(
    (select its_client.client_id from client_of as its_client where its_client.record = 'accounting:' || customer),
    case when customer is null then 'unknown'
        when place(split_part(customer, ':', 1)) is not null and contains(customer, ':') then 'accounting:' || customer
        else 'accounting:' || system_name || ':' || customer end
);
