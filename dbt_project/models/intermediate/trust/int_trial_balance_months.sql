-- Months of which a ledger tells a trial balance of a legal entity. One row per ledger, legal entity and month; is_alone: no
-- other ledger tells of it; is_first: of several, the first by name; posts_revenue: its revenue accounts hold postings.
with months as (
    select distinct source_system as ledger, legal_entity, last_day(month_end) as month_end
    from {{ ref('accounting_trial_balance') }} where deleted_at is null
),

posting_ledgers as (
    select distinct source_system, legal_entity from {{ ref('accounting_revenue_postings') }} where deleted_at is null
),

posting_entities as (
    select distinct legal_entity from posting_ledgers
),

counted as (
    select
        *, count(*) over (partition by legal_entity, month_end) = 1 as is_alone,
        row_number() over (partition by legal_entity, month_end order by ledger) = 1 as is_first
    from months
)

select
    counted.ledger, counted.legal_entity, counted.month_end, counted.is_alone, counted.is_first,
    case when counted.is_alone then posting_entities.legal_entity is not null else posting_ledgers.source_system is not null end
        as posts_revenue
from counted
left join posting_entities on counted.legal_entity = posting_entities.legal_entity
left join posting_ledgers
    on counted.legal_entity = posting_ledgers.legal_entity and counted.ledger = posting_ledgers.source_system
