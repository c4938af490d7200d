-- What was billed, tax excluded: + on the invoice date, - on the day a void takes effect. One row per invoice line, its
-- engagement, and day.
with lines as (
    select * from {{ ref('int_invoice_lines') }} where standing_from < standing_to
),

moves as (
    select *, 1 as direction, standing_from as metric_date from lines
    union all
    select *, -1 as direction, standing_to as metric_date from lines where standing_to < {{ forever() }}
)

select
    moves.engagement_id, moves.project_id, moves.client_id, moves.invoice_id, moves.invoice_line_id, moves.line_key,
    invoices.number as invoice_number, moves.type as document_type, moves.kind, moves.revenue_type,
    moves.legal_entity as booking_legal_entity, moves.account_code, moves.department, moves.cost_center,
    invoices.status as invoice_status, moves.source_system, moves.source_id, moves.record_url,
    moves.currency as native_currency,
    cast(moves.direction * moves.native_amount as decimal(18, 4)) as billed_native_amount,
    cast(moves.direction * moves.amount as decimal(18, 2)) as billed_amount,
    cast(case moves.type when 'credit_note' then moves.direction * moves.amount else 0 end as decimal(18, 2))
        as credited_amount,
    cast(case moves.kind when 'advance' then moves.direction * moves.amount else 0 end as decimal(18, 2))
        as advance_billed_amount,
    cast(moves.direction * moves.tax_amount as decimal(18, 2)) as tax_amount,
    moves.is_missing_fx_rate, invoices.due_date, moves.metric_date
from moves
inner join {{ ref('int_invoices') }} as invoices on moves.invoice_id = invoices.invoice_id
