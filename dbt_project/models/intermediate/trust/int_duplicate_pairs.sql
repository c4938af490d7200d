-- Pairs of records that may be one. One row per pair; member is `<role>:<key>` of a client, else the key.
-- Nothing is merged: a person decides, clients in client_aliases.csv.
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

projects as (
    select
        projects.project_id as member, clients.client_id, lower(trim(projects.project_code)) as project_code,
        projects.currency, projects.source_system, projects.start_date, projects.end_date,
        trim(regexp_replace(lower(projects.name), '[^0-9a-z]+', ' ', 'g')) as normal_name
    from {{ ref('psa_projects') }} as projects
    left join {{ ref('int_client_members') }} as clients on 'psa:' || projects.client_id = clients.member
    where projects.deleted_at is null
),

alike_projects as (
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
    where ones.normal_name <> '' and ones.project_code is distinct from others.project_code
        and (ones.project_code is null or others.project_code is null)
),

invoices as (
    select
        invoices.*, nullif(ltrim(regexp_replace(invoices.number, '[^0-9]', '', 'g'), '0'), '') as bare_number,
        lines.project_ids, lines.texts
    from {{ ref('int_invoices') }} as invoices
    left join (
        select
            invoice_id, string_agg(distinct project_id, ',' order by project_id) as project_ids,
            string_agg(distinct concat_ws(' ', kind, description, cast(service_from as varchar), cast(service_to as varchar)), ','
                order by concat_ws(' ', kind, description, cast(service_from as varchar), cast(service_to as varchar)))
                filter (where description is not null) as texts
        from {{ ref('accounting_invoice_lines') }} where deleted_at is null group by invoice_id
    ) as lines on invoices.invoice_id = lines.invoice_id
    where invoices.status in ('open', 'paid') and invoices.type = 'invoice' and not invoices.is_between_companies
),

alike_invoices as (
    select
        'invoice' as record_type, firsts.invoice_id as member, doubles.invoice_id as other_member, 100.0 as score,
        'same number, client, currency and amount in two ledgers; it counts once' as evidence
    from invoices as doubles inner join invoices as firsts on doubles.is_duplicate_of = firsts.invoice_id
    union all
    select
        'invoice' as record_type, ones.invoice_id as member, others.invoice_id as other_member,
        case when ones.number = others.number then 95.0 else 85.0 end as score,
        case when ones.number = others.number then 'same number, client and amount in one ledger'
            else 'same digits in the number, same client, currency and amount' end as evidence
    from invoices as ones
    inner join invoices as others
        on ones.client_id = others.client_id and ones.currency = others.currency
        and ones.gross_native_amount = others.gross_native_amount and ones.bare_number = others.bare_number
        and ones.invoice_id < others.invoice_id
    where (ones.number <> others.number or ones.source_system = others.source_system)
    union all
    select
        'invoice' as record_type, ones.invoice_id as member, others.invoice_id as other_member, 80.0 as score,
        'same day, client, currency, amount, project and text of lines under two numbers' as evidence
    from invoices as ones
    inner join invoices as others
        on ones.client_id = others.client_id and ones.currency = others.currency
        and ones.gross_native_amount = others.gross_native_amount and ones.invoice_date = others.invoice_date
        and ones.source_system = others.source_system and ones.texts = others.texts
        and coalesce(ones.project_ids, '') = coalesce(others.project_ids, '') and ones.invoice_id < others.invoice_id
    where ones.gross_native_amount <> 0 and ones.bare_number is distinct from others.bare_number
),

pairs as (
    -- one row per pair of companies, however many records each has
    select record_type, member, other_member, score, evidence from alike
    where score >= 84
    qualify row_number() over (
        partition by least(client_id, other_client_id), greatest(client_id, other_client_id)
        order by score desc, role_order + other_role_order, member, other_member
    ) = 1
    union all select * from registered_twice
    union all select * from alike_projects
    union all select * from alike_invoices
)

select record_type, member, other_member, max(score) as score, string_agg(evidence, '; ' order by score desc, evidence) as evidence
from pairs group by record_type, member, other_member
