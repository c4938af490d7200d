-- Which records are one real company. Ties: an explicit cross-reference, an equal tax id, an approved alias; a similar
-- name is only ever proposed (fct_duplicate_candidates). One row per CRM account, PSA client and accounting customer.
with recursive nodes as (
    select 'crm:' || account_id as node, 1 as role_order, name, tax_id, account_id as member_key from {{ ref('crm_accounts') }}
    union all
    select 'psa:' || client_id as node, 2 as role_order, name, tax_id, client_id as member_key from {{ ref('psa_clients') }}
    union all
    select 'accounting:' || customer_id as node, 3 as role_order, name, tax_id, customer_id as member_key
    from {{ ref('accounting_customers') }}
),

tax_ids as (
    select node, upper(regexp_replace(tax_id, '[^0-9A-Za-z]', '', 'g')) as tax_id from nodes
),

links as (
    select 'psa:' || client_id as one, 'crm:' || crm_account_id as other
    from {{ ref('psa_clients') }} where crm_account_id is not null
    union
    select 'accounting:' || customer_id as one, 'crm:' || crm_account_id as other
    from {{ ref('accounting_customers') }} where crm_account_id is not null
    union
    select min(node) over (partition by tax_id) as one, node as other from tax_ids where tax_id <> ''
    union
    select ones.node as one, others.node as other
    from {{ ref('client_aliases') }} as aliases
    inner join nodes as ones on aliases.client_key in (ones.node, ones.member_key)
    inner join nodes as others on aliases.same_as in (others.node, others.member_key)
),

edges as (
    select links.one, links.other from links inner join nodes on links.other = nodes.node where links.one <> links.other
    union
    select links.other as one, links.one as other
    from links inner join nodes on links.other = nodes.node where links.one <> links.other
),

reached (node, other) as (
    select node, node as other from nodes
    union
    select reached.node, edges.other from reached inner join edges on reached.other = edges.one
),

firsts as (
    select reached.node, arg_min(others.node, {'role': others.role_order, 'key': others.member_key}) as client_id
    from reached inner join nodes as others on reached.other = others.node
    group by reached.node
)

select firsts.client_id, nodes.node as member, nodes.role_order, nodes.member_key, nodes.name
from nodes inner join firsts on nodes.node = firsts.node
