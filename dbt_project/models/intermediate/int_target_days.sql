-- What milestones and recurring dates are worth on each day, whether they may be invoiced by then, and what invoice lines
-- have settled of it. One row per engagement, target and run of days.
with parts as (
    select
        engagement_id, kind, target_key, source_system, source_id, record_url, currency,
        effective_from, effective_to,
        cast(cc_amount * 100 as bigint) as planned_cents, 0 as settled_cents,
        (stage = 'reached' or (kind = 'recurring' and stage = 'due')) as is_open
    from {{ ref('int_plan_stages') }} where target_key is not null
    union all
    select
        engagement_id, target_type as kind, target_key, null as source_system, null as source_id, null as record_url,
        null as currency, effective_from, effective_to, 0 as planned_cents,
        cents as settled_cents, false as is_open
    from {{ ref('int_settlements') }} where disposition = 'settled' and target_type in ('milestone', 'recurring')
),

cuts as (
    select engagement_id, target_key, effective_from as day from parts
    union
    select engagement_id, target_key, effective_to as day from parts where effective_to < {{ forever() }}
),

days as (
    select
        engagement_id, target_key, day as effective_from,
        coalesce(lead(day) over (partition by engagement_id, target_key order by day), {{ forever() }}) as effective_to
    from cuts
)

select
    days.engagement_id, days.target_key, max(parts.kind) as kind, max(parts.source_system) as source_system,
    min(parts.source_id) as source_id, max(parts.record_url) as record_url, max(parts.currency) as currency,
    bool_or(parts.is_open) as is_open,
    cast(cast(sum(parts.planned_cents) as decimal(38, 0)) * 0.01 as decimal(18, 2)) as planned_amount,
    cast(cast(sum(parts.settled_cents) as decimal(38, 0)) * 0.01 as decimal(18, 2)) as settled_amount,
    days.effective_from, days.effective_to
from days
inner join parts
    on days.engagement_id = parts.engagement_id and days.target_key = parts.target_key
    and days.effective_from >= parts.effective_from and days.effective_from < parts.effective_to
group by days.engagement_id, days.target_key, days.effective_from, days.effective_to
