-- What billable time is worth by the rate card: of the project, else the client, else the legal entity, else for everyone; where
-- no card is in force, at the entry's own rate. One row per billable time entry that was not rejected.
with entries as (
    select
        members.engagement_id, entries.time_entry_id, entries.project_id, entries.hours, entries.bill_rate, entries.work_date,
        coalesce(entries.role, resources.role) as role, projects.currency, projects.legal_entity, clients.client_id,
        entries.source_system, entries.source_id, entries.record_url
    from {{ ref('psa_time_entries') }} as entries
    inner join {{ ref('psa_projects') }} as projects on entries.project_id = projects.project_id
    left join {{ ref('psa_resources') }} as resources on entries.resource_id = resources.resource_id
    left join {{ ref('int_client_members') }} as clients on 'psa:' || projects.client_id = clients.member
    left join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and entries.project_id = members.member_key
    where entries.deleted_at is null and entries.status <> 'rejected' and entries.is_billable
),

cards as (
    select role, currency, rate, legal_entity, client_key, project_key, effective_from, effective_to
    from {{ ref('int_rate_cards') }}
),

-- a price is looked for once per project, role and day, by what a card names: never every entry beside every card
asked as (
    select distinct project_id, client_id, legal_entity, role, currency, work_date from entries
),

offered as (
    {%- for scope in [
        'cards.project_key = asked.project_id',
        'cards.project_key is null and cards.client_key = asked.client_id',
        'cards.project_key is null and cards.client_key is null and cards.legal_entity = asked.legal_entity',
        'cards.project_key is null and cards.client_key is null and cards.legal_entity is null'
    ] %}
    select
        asked.project_id, asked.role, asked.work_date, cards.rate, cards.project_key is null as is_for_any_project,
        cards.client_key is null as is_for_any_client, cards.legal_entity is null as is_for_any_entity, cards.effective_from
    from asked
    inner join cards on asked.role = cards.role and asked.currency = cards.currency and {{ scope }}
    where asked.work_date >= cards.effective_from and asked.work_date <= coalesce(cards.effective_to, {{ forever() }})
        and (cards.client_key is null or cards.client_key = asked.client_id)
        and (cards.legal_entity is null or cards.legal_entity = asked.legal_entity)
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

carded as (
    select project_id, role, work_date, rate
    from offered
    qualify row_number() over (
        partition by project_id, role, work_date
        order by is_for_any_project, is_for_any_client, is_for_any_entity, effective_from desc
    ) = 1
)

select
    entries.engagement_id, entries.time_entry_id, entries.project_id, 'service' as revenue_type,
    coalesce(entries.role, '(none)') as role, entries.source_system, entries.source_id, entries.record_url,
    coalesce({{ worth('entries.hours', 'coalesce(carded.rate, entries.bill_rate)', 'rates.rate') }}, 0)
        as standard_work_amount,
    carded.rate is not null as is_on_rate_card, entries.work_date as metric_date
from entries
left join carded
    on entries.project_id = carded.project_id and entries.role = carded.role and entries.work_date = carded.work_date
left join {{ ref('int_fx_rates') }} as rates
    on entries.currency = rates.currency and entries.work_date >= rates.valid_from and entries.work_date < rates.valid_to
