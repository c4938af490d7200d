-- The parts of credit notes on their lines: what is allocated, valued whole at cc and spread over the note's lines by gross,
-- and the rest by subtraction. One row per line, part and run of days; amounts negative, as on the note.
with lines as (
    select
        lines.invoice_id as credit_note_id, lines.line_key, lines.engagement_id, lines.currency, lines.is_missing_fx_rate,
        -(lines.native_amount + lines.tax_native_amount) as weight, lines.cc_amount + lines.tax_cc_amount as gross_cc_amount,
        coalesce(case when starts_with(lines.engagement_id, 'unlinked:') then own.rate else refs.rate end, own.rate, 0)
            as reference_rate
    from {{ ref('int_invoice_lines') }} as lines
    left join {{ ref('int_reference_rates') }} as refs
        on lines.engagement_id = refs.engagement_id and lines.currency = refs.currency
    left join {{ ref('int_fx_rates') }} as own
        on lines.currency = own.currency and lines.invoice_date >= own.valid_from and lines.invoice_date < own.valid_to
    where lines.type = 'credit_note'
),

views as (
    select distinct credit_note_id, engagement_id as for_engagement_id, reference_rate from lines
),

wholes as (
    select
        moves.credit_note_id, moves.part, moves.invoice_id, moves.effective_from, moves.effective_to,
        views.for_engagement_id, lines.line_key, lines.engagement_id, lines.weight, lines.is_missing_fx_rate,
        {{ converted('moves.part_native_amount', 'views.reference_rate') }} as cc_amount
    from {{ ref('int_credit_moves') }} as moves
    inner join views on moves.credit_note_id = views.credit_note_id
    inner join lines on moves.credit_note_id = lines.credit_note_id
    where moves.part <> 'rest'
),

shares as (
    {{ spread('wholes', {'cc_amount': 2}, 'weight', ['line_key'], ['credit_note_id', 'part', 'for_engagement_id']) }}
),

allocated as (
    select
        credit_note_id, line_key, part, engagement_id, invoice_id,
        cast(case when is_missing_fx_rate then 0 else -cc_amount end as decimal(18, 2)) as cc_amount,
        effective_from, effective_to
    from shares where engagement_id = for_engagement_id
)

select line_key, part, engagement_id, invoice_id, cc_amount, effective_from, effective_to from allocated
union all
select
    lines.line_key, 'rest ' || cast(moves.effective_from as varchar) as part, lines.engagement_id, moves.invoice_id,
    cast(lines.gross_cc_amount - coalesce(sum(allocated.cc_amount), 0) as decimal(18, 2)) as cc_amount,
    moves.effective_from, moves.effective_to
from lines
inner join {{ ref('int_credit_moves') }} as moves on lines.credit_note_id = moves.credit_note_id and moves.part = 'rest'
left join allocated on lines.line_key = allocated.line_key and allocated.effective_from <= moves.effective_from
group by lines.line_key, lines.engagement_id, moves.invoice_id, lines.gross_cc_amount, moves.effective_from, moves.effective_to
