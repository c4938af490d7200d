-- Client records that may be one company. One row per pair of companies whose names are alike, and per pair of records of one
-- system that claim to be one. What client_aliases.csv decided is not asked again.
with clients as (
    select members.member, members.client_id, members.role_order, members.name, upper(regexp_replace(coalesce(
        accounts.tax_id, psa_clients.tax_id, customers.tax_id), '[^0-9A-Za-z]', '', 'g')) as tax_id,
        coalesce(accounts.source_system, psa_clients.source_system, customers.source_system) as source_system,
        coalesce(accounts.source_id, psa_clients.source_id, customers.source_id) as source_id,
        coalesce(accounts.record_url, psa_clients.record_url, customers.record_url) as record_url,
        coalesce(accounts.first_seen_at, psa_clients.first_seen_at, customers.first_seen_at) as first_seen_at,
        coalesce(psa_clients.crm_account_id, customers.crm_account_id) as account_given,
        coalesce(accounts.deleted_at, psa_clients.deleted_at, customers.deleted_at) is not null as is_deleted,
        lower(split_part(coalesce(accounts.billing_contact, psa_clients.billing_contact, customers.billing_contact), '@', 2))
            as mail_domain,
        case members.role_order when 1 then 'crm_accounts' when 2 then 'psa_clients' else 'accounting_customers' end
            as source_object
    from {{ ref('int_client_members') }} as members
    left join {{ ref('crm_accounts') }} as accounts
        on case members.role_order when 1 then members.member_key end = accounts.account_id
    left join {{ ref('psa_clients') }} as psa_clients
        on case members.role_order when 2 then members.member_key end = psa_clients.client_id
    left join {{ ref('accounting_customers') }} as customers
        on case members.role_order when 3 then members.member_key end = customers.customer_id
),

decided as (
    select clients.member from {{ ref('client_aliases') }} as aliases
    inner join clients
        on aliases.client_key = clients.member or aliases.same_as = clients.member
        or aliases.client_key = substr(clients.member, strpos(clients.member, ':') + 1)
        or aliases.same_as = substr(clients.member, strpos(clients.member, ':') + 1)
),

-- a parent and its subsidiaries are several companies, and alike in name on purpose
families as (
    select client_id, parent_client_id from {{ ref('dim_clients') }}
),

alike as (
    select
        'client' as record_type, ones.member, others.member as other_member, ones.client_id,
        others.client_id as other_client_id, ones.role_order, others.role_order as other_role_order,
        case when ones.tax_id <> '' and others.tax_id <> '' then alike.score - 20 else alike.score end as score,
        case when alike.normal_name = alike.other_normal_name then 'same name once spelling and legal form are set aside'
            else 'similar names' end
            || case when ones.tax_id <> '' and others.tax_id <> '' then '; different tax registrations' else '' end
            || case when ones.mail_domain = others.mail_domain and ones.mail_domain <> ''
                then '; same mail domain ' || ones.mail_domain else '' end as evidence
    from {{ ref('int_alike_clients') }} as alike
    inner join clients as ones on alike.member = ones.member
    inner join clients as others on alike.other_member = others.member
    left join families as ones_family on ones.client_id = ones_family.client_id
    left join families as others_family on others.client_id = others_family.client_id
    where not ones.is_deleted and not others.is_deleted
        and coalesce(ones_family.parent_client_id, ones.client_id) <> coalesce(others_family.parent_client_id, others.client_id)
),

-- two records of one system with one tax registration are tied already, and still one too many
registered_twice as (
    select
        'client' as record_type, ones.member, others.member as other_member, 100.0 as score,
        'same tax registration ' || ones.tax_id as evidence
    from clients as ones
    inner join clients as others
        on ones.tax_id = others.tax_id and ones.source_system = others.source_system
        and ones.role_order = others.role_order and ones.member < others.member
    left join decided as one_decided on ones.member = one_decided.member
    left join decided as other_decided on others.member = other_decided.member
    where ones.tax_id <> '' and one_decided.member is null and other_decided.member is null
        and not ones.is_deleted and not others.is_deleted
    union all
    select
        'client' as record_type, ones.member, others.member as other_member, 95.0 as score,
        'both say they are the account ' || ones.account_given as evidence
    from clients as ones
    inner join clients as others
        on ones.account_given = others.account_given and ones.source_system = others.source_system
        and ones.role_order = others.role_order and ones.member < others.member
    left join decided as one_decided on ones.member = one_decided.member
    left join decided as other_decided on others.member = other_decided.member
    where one_decided.member is null and other_decided.member is null and not ones.is_deleted and not others.is_deleted
),

-- one row per pair of companies, however many records each has
closest as (
    select record_type, member, other_member, score, evidence from alike
    where score >= 84
    qualify row_number() over (
        partition by least(client_id, other_client_id), greatest(client_id, other_client_id)
        order by score desc, role_order + other_role_order, member, other_member
    ) = 1
)

select record_type, member, other_member, score, evidence from closest
union all
select record_type, member, other_member, score, evidence from registered_twice
