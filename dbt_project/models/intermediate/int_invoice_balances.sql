-- What each invoice still owes, in its own currency, and which driver its open amount stands under. One row per invoice and
-- run of days.
with moves as (
    select invoice_id, standing_from as day, gross_native_amount as native_amount from {{ ref('int_invoices') }}
    where is_counted and type = 'invoice'
    union all
    select invoice_id, standing_to as day, -gross_native_amount as native_amount from {{ ref('int_invoices') }}
    where is_counted and type = 'invoice' and standing_to < {{ forever() }}
    union all
    select
        payments.towards_invoice_id as invoice_id, payments.paid_on as day,
        case payments.kind when 'refund' then 1 else -1 end * coalesce(case
            when towards.currency = payments.document_currency then payments.applied_native_amount
            else {{ cents(
                scaled('payments.applied_native_amount', 4) ~ ' * ' ~ scaled('own.rate', 10), scaled('theirs.rate', 10), 4
            ) }}
        end, 0) as native_amount
    from {{ ref('int_payments') }} as payments
    inner join {{ ref('int_invoices') }} as towards on payments.towards_invoice_id = towards.invoice_id
    left join {{ ref('int_fx_rates') }} as own
        on payments.document_currency = own.currency
        and payments.paid_on >= own.valid_from and payments.paid_on < own.valid_to
    left join {{ ref('int_fx_rates') }} as theirs
        on towards.currency = theirs.currency and payments.paid_on >= theirs.valid_from and payments.paid_on < theirs.valid_to
    union all
    select invoice_id, effective_from as day, -native_amount as native_amount from {{ ref('int_credit_moves') }}
    where invoice_id is not null
    union all
    select invoice_id, effective_to as day, native_amount from {{ ref('int_credit_moves') }}
    where invoice_id is not null and effective_to < {{ forever() }}
),

unrated as (
    select distinct invoice_id from {{ ref('int_invoice_lines') }} where is_missing_fx_rate
),

terms as (
    select
        invoice_id, standing_from, standing_to,
        coalesce(due_date, invoice_date + coalesce(payment_terms_days, {{ var('default_payment_terms_days') }})) as due_on,
        coalesce(disputed_on, {{ forever() }}) as disputed_from,
        case when disputed_on is null then {{ forever() }} else coalesce(dispute_resolved_on, {{ forever() }}) end as disputed_to
    from {{ ref('int_invoices') }} where is_counted and type = 'invoice'
),

days as (
    select invoice_id, day, sum(native_amount) as native_amount
    from (
        select invoice_id, day, native_amount from moves
        union all select invoice_id, cast(due_on + 1 as date) as day, 0 as native_amount from terms
        union all select invoice_id, disputed_from as day, 0 as native_amount from terms where disputed_from < {{ forever() }}
        union all select invoice_id, disputed_to as day, 0 as native_amount from terms where disputed_to < {{ forever() }}
    )
    group by invoice_id, day
),

balances as (
    select
        invoice_id, day, sum(native_amount) over (partition by invoice_id order by day) as open_native_amount,
        coalesce(lead(day) over (partition by invoice_id order by day), {{ forever() }}) as next_day
    from days
)

select
    balances.invoice_id,
    cast(balances.open_native_amount as decimal(18, 4)) as open_native_amount,
    case
        when balances.day < terms.standing_from or balances.day >= terms.standing_to then 'overpaid'
        when unrated.invoice_id is not null then 'missing_fx_rate'
        when balances.open_native_amount < 0 then 'overpaid'
        when balances.open_native_amount = 0 then 'fx'
        when balances.day >= terms.disputed_from and balances.day < terms.disputed_to then 'disputed'
        when balances.day > terms.due_on then 'overdue'
        else 'not_due'
    end as driver,
    terms.due_on, balances.day as effective_from, balances.next_day as effective_to
from balances
inner join terms on balances.invoice_id = terms.invoice_id
left join unrated on balances.invoice_id = unrated.invoice_id
