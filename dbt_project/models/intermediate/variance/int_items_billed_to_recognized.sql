-- Bridge 3: why what is recognised differs from what was billed. One row per line or posting, driver and run of days. All of
-- an engagement's stand under the driver that its net has that day. Ledgers that post no revenue take no part.
with lines as (
    select * from {{ ref('int_invoice_lines') }}
    where source_system in (
        select source_system from {{ ref('int_bridge_ledgers') }} where bridge = 'billed_to_recognized'
    )
),

records as (
    select
        engagement_id, source_system, 'accounting_invoice_lines' as source_object, source_id, line_key as part, record_url,
        revenue_type, currency, -native_amount as native_amount, -amount as amount, -cc_amount as cc_amount,
        is_missing_fx_rate, standing_from as effective_from, standing_to as effective_to
    from lines
    union all
    select
        engagement_id, source_system, 'accounting_revenue_postings' as source_object, source_id, '' as part, record_url,
        revenue_type, currency, native_amount, amount, cc_amount, is_missing_fx_rate, posted_on as effective_from,
        {{ forever() }} as effective_to
    from {{ ref('int_postings') }}
),

moves as (
    select engagement_id, effective_from as day, cc_amount from records
    union all
    select engagement_id, effective_to as day, -cc_amount as cc_amount from records where effective_to < {{ forever() }}
),

nets as (
    select engagement_id, day, sum(sum(cc_amount)) over (partition by engagement_id order by day) as net_amount
    from moves group by engagement_id, day
),

runs as (
    select
        engagement_id, case when net_amount > 0 then 'accrued' else 'deferred' end as driver, day as effective_from,
        coalesce(lead(day) over (partition by engagement_id order by day), {{ forever() }}) as effective_to
    from nets
),

merged_runs as (
    {{ merged_ranges('runs', ['engagement_id', 'driver']) }}
),

items as (
    select
        runs.driver, records.engagement_id, records.source_system, records.source_object, records.source_id, records.part,
        records.record_url, records.revenue_type, records.currency, records.native_amount, records.cc_amount as amount,
        greatest(records.effective_from, runs.effective_from) as effective_from,
        least(records.effective_to, runs.effective_to) as effective_to
    from records
    inner join merged_runs as runs
        on records.engagement_id = runs.engagement_id
        and records.effective_from < runs.effective_to and records.effective_to > runs.effective_from
    union all
    select
        case when is_missing_fx_rate then 'missing_fx_rate' else 'fx' end as driver, engagement_id, source_system,
        source_object, source_id, part, record_url, revenue_type, currency, native_amount, amount - cc_amount as amount,
        effective_from, effective_to
    from records
)

select
    'billed_to_recognized' as bridge, driver, engagement_id, source_system, source_object, source_id, part, record_url,
    revenue_type, cast(null as varchar) as reason, currency, native_amount, cast(amount as decimal(18, 2)) as amount,
    false as is_inferred, effective_from, effective_to
from items
