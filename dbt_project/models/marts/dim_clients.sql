-- Real companies, however many records each has. One row per client.
with parents as (
    select members.client_id, min(parent_members.client_id) as parent_client_id
    from {{ ref('int_client_members') }} as members
    inner join {{ ref('crm_accounts') }} as accounts on members.role_order = 1 and members.member_key = accounts.account_id
    inner join {{ ref('int_client_members') }} as parent_members on 'crm:' || accounts.parent_account_id = parent_members.member
    where parent_members.client_id <> members.client_id
    group by members.client_id
),

names as (
    select client_id, arg_min(name, {'role': role_order, 'key': member_key}) as client_name, count(*) as record_count
    from {{ ref('int_client_members') }} group by client_id
)

select
    names.client_id, names.client_name as client, coalesce(parents.parent_client_id, names.client_id) as parent_client_id,
    coalesce(parent_names.client_name, names.client_name) as parent_client, cast(names.record_count as integer) as record_count
from names
left join parents on names.client_id = parents.client_id
left join names as parent_names on parents.parent_client_id = parent_names.client_id
