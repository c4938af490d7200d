-- Deals that were ever won and projects, grouped into engagements: whatever is linked, directly or through others, is
-- one. Nothing needs to be allocated, and nothing can count twice. One row per deal or project.
with recursive nodes as (
    select distinct 'deal:' || deals.deal_id as node, 'deal' as member_type, deals.deal_id as member_key, deals.created_at
    from {{ ref('crm_deals') }} as deals
    inner join {{ ref('int_deal_wins') }} as wins on deals.deal_id = wins.deal_id
    union all
    select 'project:' || project_id as node, 'project' as member_type, project_id as member_key, created_at
    from {{ ref('psa_projects') }}
),

links as (
    select 'project:' || project_id as one, 'deal:' || crm_deal_id as other
    from {{ ref('psa_projects') }} where crm_deal_id is not null
    union
    -- a link that went with its project or its deal still tells what belonged together
    select 'project:' || links.project_id as one, 'deal:' || links.deal_id as other
    from {{ ref('psa_project_deals') }} as links
    left join {{ ref('psa_projects') }} as projects on links.project_id = projects.project_id
    left join {{ ref('crm_deals') }} as deals on links.deal_id = deals.deal_id
    where links.deleted_at is null or links.deleted_at >= projects.deleted_at or links.deleted_at >= deals.deleted_at
    union
    select 'deal:' || deal_id as one, 'deal:' || parent_deal_id as other
    from {{ ref('crm_deals') }} where parent_deal_id is not null
),

edges as (
    select links.one, links.other from links
    inner join nodes as ones on links.one = ones.node inner join nodes as others on links.other = others.node
    union
    select links.other as one, links.one as other from links
    inner join nodes as ones on links.one = ones.node inner join nodes as others on links.other = others.node
),

reached (node, other) as (
    select node, node as other from nodes
    union
    select reached.node, edges.other from reached inner join edges on reached.other = edges.one
),

earliest as (
    select
        reached.node,
        arg_min(others.node, {'at': others.created_at, 'key': others.member_key, 'type': others.member_type})
            as engagement_id
    from reached inner join nodes as others on reached.other = others.node
    group by reached.node
)

select earliest.engagement_id, nodes.member_type, nodes.member_key, nodes.created_at
from nodes inner join earliest on nodes.node = earliest.node
