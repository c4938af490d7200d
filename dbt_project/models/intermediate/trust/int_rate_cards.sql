-- Agreed prices of an hour, with the client and the project that they are for found. One row per rate on a card.
-- A card that names a client or a project which nobody knows is for nobody.
with cards as (
    select row_number() over (order by source_system, source_id) as card, * from {{ ref('accounting_rate_cards') }}
    where deleted_at is null
),

clients as (
    select cards.card, min(names.client_id) as client_key
    from cards
    inner join (
        select member as name, client_id from {{ ref('int_client_members') }}
        union all
        select member_key as name, client_id from {{ ref('int_client_members') }}
        union all
        select regexp_replace(member_key, '^[^:]*:', '') as name, client_id from {{ ref('int_client_members') }}
    ) as names on cards.client_id = names.name
    group by cards.card
),

projects as (
    select cards.card, min(projects.project_id) as project_key
    from cards
    inner join (
        select project_id as name, project_id from {{ ref('psa_projects') }}
        union all
        select source_id as name, project_id from {{ ref('psa_projects') }}
    ) as projects on cards.project_id = projects.name
    group by cards.card
)

select
    cards.card, cards.source_system, cards.source_id, cards.record_url, cards.role, cards.currency, cards.rate,
    cards.legal_entity, cards.client_id as client_given, cards.project_id as project_given,
    clients.client_key, projects.project_key, cards.approved_by, cards.effective_from, cards.effective_to
from cards
left join clients on cards.card = clients.card
left join projects on cards.card = projects.card
where (cards.client_id is null or clients.client_key is not null)
    and (cards.project_id is null or projects.project_key is not null)
