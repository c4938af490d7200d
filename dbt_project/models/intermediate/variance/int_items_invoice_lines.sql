-- Bridge 2, the invoices' side: lines that settle no planned work, more or less of it, or before its time. One row per
-- line, driver and run of days.
with lines as (
    select lines.*, coalesce(invoices.credited_invoice_id, lines.invoice_id) as billed_invoice_id
    from {{ ref('int_invoice_lines') }} as lines
    inner join {{ ref('int_invoices') }} as invoices on lines.invoice_id = invoices.invoice_id
),

-- an un-billed invoice's lines stand beside those of its credit notes and cancel there, whatever reason one of them gives
unbilled as (
    select
        lines.line_key, days.reason, greatest(days.effective_from, lines.standing_from) as effective_from,
        least(days.effective_to, lines.standing_to) as effective_to
    from lines
    inner join {{ ref('int_unbilled_days') }} as days on lines.billed_invoice_id = days.invoice_id
    where days.effective_from < lines.standing_to and days.effective_to > lines.standing_from
),

standing as (
    select
        lines.line_key, unnest(runs.since) as effective_from, unnest(runs.until) as effective_to
    from lines
    left join (
        select line_key, list(effective_from order by effective_from) as starts, list(effective_to order by effective_from) as ends
        from unbilled group by line_key
    ) as gaps on lines.line_key = gaps.line_key
    cross join lateral (
        select
            list_prepend(lines.standing_from, coalesce(gaps.ends, [])) as since,
            list_append(coalesce(gaps.starts, []), lines.standing_to) as until
    ) as runs
),

whole as (
    select
        lines.line_key, '' as target,
        case
            when lines.type = 'credit_note' then 'credit_note'
            when lines.has_no_known_project then 'billed_without_project'
            when lines.kind = 'advance' then 'billed_in_advance'
            when lines.kind = 'adjustment' then 'billing_adjustment'
        end as driver,
        lines.cc_amount as amount, lines.reason, false as is_inferred, standing.effective_from, standing.effective_to
    from lines
    inner join standing on lines.line_key = standing.line_key
    where lines.type = 'credit_note' or lines.has_no_known_project or lines.kind in ('advance', 'adjustment')
    union all
    select
        lines.line_key, '' as target, 'credit_note' as driver, lines.cc_amount as amount, unbilled.reason,
        false as is_inferred, unbilled.effective_from, unbilled.effective_to
    from lines inner join unbilled on lines.line_key = unbilled.line_key
),

portions as (
    select
        settlements.invoice_line_id as line_key, coalesce(settlements.target_key, '') as target,
        settlements.disposition as driver,
        cast(cast(settlements.cents as decimal(38, 0)) * 0.01 as decimal(18, 2)) as amount, lines.reason,
        settlements.is_inferred, settlements.effective_from, settlements.effective_to
    from {{ ref('int_settlements') }} as settlements
    inner join lines on settlements.invoice_line_id = lines.line_key
    where settlements.disposition <> 'settled'
    union all
    -- invoiced before the milestone was reached, or before the recurring date was due
    select
        settlements.invoice_line_id as line_key, settlements.target_key as target,
        case settlements.target_type when 'milestone' then 'billed_before_milestone' else 'billed_in_advance' end as driver,
        cast(cast(settlements.cents as decimal(38, 0)) * 0.01 as decimal(18, 2)) as amount, cast(null as varchar) as reason,
        settlements.is_inferred,
        greatest(settlements.effective_from, days.effective_from) as effective_from,
        least(settlements.effective_to, days.effective_to) as effective_to
    from {{ ref('int_settlements') }} as settlements
    inner join {{ ref('int_target_days') }} as days
        on settlements.engagement_id = days.engagement_id and settlements.target_key = days.target_key
        and settlements.effective_from < days.effective_to and settlements.effective_to > days.effective_from
    where settlements.disposition = 'settled' and settlements.target_type in ('milestone', 'recurring') and not days.is_open
),

rates as (
    select
        line_key, '' as target, case when is_missing_fx_rate then 'missing_fx_rate' else 'fx' end as driver,
        cast(amount - cc_amount as decimal(18, 2)) as amount, cast(null as varchar) as reason, false as is_inferred,
        standing_from as effective_from, standing_to as effective_to
    from lines
),

items as (
    select * from whole
    union all select * from portions
    union all select * from rates
)

select
    'planned_to_billed' as bridge, items.driver, lines.engagement_id, lines.source_system,
    'accounting_invoice_lines' as source_object, lines.source_id, lines.line_key || ' ' || items.target as part, lines.record_url,
    lines.revenue_type,
    case when items.driver in ('credit_note', 'billing_adjustment') then items.reason end as reason, lines.currency,
    lines.native_amount, items.amount, items.effective_from, items.effective_to, items.is_inferred
from items
inner join lines on items.line_key = lines.line_key
where items.effective_from < items.effective_to
