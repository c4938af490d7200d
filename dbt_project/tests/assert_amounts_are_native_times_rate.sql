-- Money is worth its own amount times the newest rate told by its day, rounded once; without such a rate it is worth 0 and
-- says so. Left out: invoice lines that carry what the ledger booked.
with rates as (
    select currency, rate_date, arg_min(rate, precedence) as rate
    from {{ ref('fx_rates') }}
    inner join {{ ref('int_systems') }} as systems on source_system = system_name
    where deleted_at is null and currency <> '{{ var("reporting_currency") }}'
    group by currency, rate_date
    union all
    select '{{ var("reporting_currency") }}', date '0001-01-01', 1
),

amounts as (
    select 'sold' as fact, deal_id || '|' || row_key as record, currency, native_amount, amount, is_missing_fx_rate,
        won_date as day
    from {{ ref('int_sold') }}
    union all
    select 'planned', project_id || '|' || version || '|' || budget_line_id, currency, native_amount, amount,
        is_missing_fx_rate, first_day
    from {{ ref('int_plan_lines') }}
    union all
    select 'billed', lines.line_key, lines.currency, lines.native_amount, lines.amount, lines.is_missing_fx_rate,
        lines.invoice_date
    from {{ ref('int_invoice_lines') }} as lines
    inner join {{ ref('accounting_invoice_lines') }} as told on lines.invoice_line_id = told.invoice_line_id
    where told.booked_amount is null or told.booked_currency is null
    union all
    select 'recognized', posting_id, currency, native_amount, amount, is_missing_fx_rate, posted_on from {{ ref('int_postings') }}
    union all
    select 'collected', payment_id, currency, native_amount, amount, is_missing_fx_rate, paid_on from {{ ref('int_payments') }}
)

select amounts.fact, amounts.record, amounts.day, amounts.currency, amounts.native_amount, rates.rate, amounts.amount
from amounts
asof left join rates on amounts.currency = rates.currency and amounts.day >= rates.rate_date
where amounts.is_missing_fx_rate <> (rates.rate is null)
    or amounts.amount <> coalesce(round(cast(amounts.native_amount as decimal(38, 4)) * cast(rates.rate as decimal(20, 10)), 2), 0)
