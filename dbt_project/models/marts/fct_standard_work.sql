-- What billable time is worth by the rate card: of the project, else the client, else the legal entity, else for everyone; where
-- no card is in force, at the entry's own rate. One row per billable time entry that was not rejected.
with entries as (
    select
        members.engagement_id, entries.time_entry_id, entries.project_id, entries.hours, entries.bill_rate, entries.work_date,
        coalesce(entries.role, resources.role) as role, projects.currency, projects.legal_entity, projects.client_id,
        projects.source_id as bare_project_id, entries.source_system, entries.source_id, entries.record_url
    from {{ ref('psa_time_entries') }} as entries
    inner join {{ ref('psa_projects') }} as projects on entries.project_id = projects.project_id
    left join {{ ref('psa_resources') }} as resources on entries.resource_id = resources.resource_id
    left join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and entries.project_id = members.member_key
    where entries.deleted_at is null and entries.status <> 'rejected' and entries.is_billable
),

cards as (
    select role, currency, rate, legal_entity, client_id, project_id, effective_from, effective_to
    from {{ ref('accounting_rate_cards') }} where deleted_at is null
),

carded as (
    select entries.time_entry_id, cards.rate
    from entries
    inner join cards
        on entries.role = cards.role and entries.currency = cards.currency
        and entries.work_date >= cards.effective_from
        and entries.work_date <= coalesce(cards.effective_to, {{ forever() }})
        and coalesce(cards.project_id, entries.project_id) in (entries.project_id, entries.bare_project_id)
        and coalesce(cards.client_id, entries.client_id) = entries.client_id
        and (cards.legal_entity is null or cards.legal_entity = entries.legal_entity)
    qualify row_number() over (
        partition by entries.time_entry_id
        order by cards.project_id is null, cards.client_id is null, cards.legal_entity is null, cards.effective_from desc
    ) = 1
)

select
    entries.engagement_id, entries.time_entry_id, entries.project_id, 'service' as revenue_type,
    coalesce(entries.role, '(none)') as role, entries.source_system, entries.source_id, entries.record_url,
    coalesce({{ worth('entries.hours', 'coalesce(carded.rate, entries.bill_rate)', 'rates.rate') }}, 0)
        as standard_work_amount,
    carded.rate is not null as is_on_rate_card, entries.work_date as metric_date
from entries
left join carded on entries.time_entry_id = carded.time_entry_id
left join {{ ref('int_fx_rates') }} as rates
    on entries.currency = rates.currency and entries.work_date >= rates.valid_from and entries.work_date < rates.valid_to
