-- Hours billed at rates that nobody agreed. One row per project, role and bill rate that no card holds, and per card that
-- nobody approved. A firm that loads no rate cards is asked for none.
with used as (
    select
        entries.project_id, coalesce(entries.role, resources.role) as role, entries.bill_rate,
        min(entries.work_date) as first_day, max(entries.work_date) as last_day, sum(entries.hours) as hours
    from {{ ref('psa_time_entries') }} as entries
    left join {{ ref('psa_resources') }} as resources on entries.resource_id = resources.resource_id
    where entries.deleted_at is null and entries.status <> 'rejected' and entries.is_billable
        and entries.bill_rate is not null
        and exists (select 1 from {{ ref('int_rate_cards') }})
    group by entries.project_id, coalesce(entries.role, resources.role), entries.bill_rate
),

projects as (
    select projects.*, members.engagement_id, clients.client_id as company_id
    from {{ ref('psa_projects') }} as projects
    left join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'project' and projects.project_id = members.member_key
    left join {{ ref('int_client_members') }} as clients on 'psa:' || projects.client_id = clients.member
    where not coalesce(projects.is_internal, false)
),

-- the days of use that some card covers; a rate is on a card if cards hold it on its first and on its last day
covered as (
    select
        used.project_id, used.role, used.bill_rate,
        bool_or(cards.effective_from <= used.first_day and coalesce(cards.effective_to, {{ forever() }}) >= used.first_day)
            as is_on_first_day,
        bool_or(cards.effective_from <= used.last_day and coalesce(cards.effective_to, {{ forever() }}) >= used.last_day)
            as is_on_last_day
    from used
    inner join projects on used.project_id = projects.project_id
    inner join {{ ref('int_rate_cards') }} as cards
        on used.role = cards.role and used.bill_rate = cards.rate and projects.currency = cards.currency
        and (cards.project_key is null or cards.project_key = projects.project_id)
        and (cards.client_key is null or cards.client_key = projects.company_id)
        and (cards.legal_entity is null or projects.legal_entity is null or cards.legal_entity = projects.legal_entity)
    group by used.project_id, used.role, used.bill_rate
),

told as (
    select source_system, bool_or(approved_by is not null) as tells_approver from {{ ref('int_rate_cards') }} group by source_system
)

select
    'bill_rate_not_on_card' as rule, projects.engagement_id, projects.company_id as client_id, projects.source_system,
    'psa_projects' as source_object, projects.source_id, projects.record_url,
    'bill_rate of ' || coalesce(used.role, 'no role') as field, cast(null as varchar) as value_before,
    cast(used.bill_rate as varchar) as value_after, cast(null as varchar) as changed_by,
    cast(round(cast(used.hours as decimal(38, 6)) * used.bill_rate, 4) as decimal(18, 4)) as native_amount, projects.currency,
    used.first_day as happened_on, cast(null as timestamptz) as changed_at, cast(null as date) as resolved_on
from used
inner join projects on used.project_id = projects.project_id
left join covered
    on used.project_id = covered.project_id and used.role is not distinct from covered.role
    and used.bill_rate = covered.bill_rate
where not (coalesce(covered.is_on_first_day, false) and coalesce(covered.is_on_last_day, false))
union all
select
    'rate_card_not_approved', members.engagement_id, cards.client_key, cards.source_system, 'accounting_rate_cards',
    cards.source_id, cards.record_url, 'approved_by', null, cards.role || ' ' || cast(cards.rate as varchar) || ' ' || cards.currency,
    null, null, cards.currency, cards.effective_from, null, null
from {{ ref('int_rate_cards') }} as cards
inner join told on cards.source_system = told.source_system and told.tells_approver
left join {{ ref('int_engagement_members') }} as members
    on members.member_type = 'project' and cards.project_key = members.member_key
where cards.approved_by is null
