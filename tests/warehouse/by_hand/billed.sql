-- What was billed, recognised and collected.

-- metrics: billed_revenue credited_amount advance_billed_amount billed_time_amount billed_gross_amount
select
    day as metric_date, engagement_id, revenue_type,
    kind as billed_kind, coalesce(booked_by, '(none)') as booking_legal_entity,
    coalesce(account_code, '(none)') as account_code, coalesce(department, '(none)') as department,
    coalesce(cost_center, '(none)') as cost_center, status as invoice_status, source_system as ledger,
    sum(direction * net_dollars) as billed_revenue,
    sum(case when type = 'credit_note' then direction * net_dollars else 0 end) as credited_amount,
    sum(case when kind = 'advance' then direction * net_dollars else 0 end) as advance_billed_amount,
    sum(case when kind = 'time' then direction * net_dollars else 0 end) as billed_time_amount,
    sum(direction * (net_dollars + tax_dollars)) as billed_gross_amount
from billed_days group by all;

-- metrics: recognized_revenue
select
    posted_on as metric_date, engagement_id, revenue_type, coalesce(source, '(none)') as posting_source,
    coalesce(legal_entity, '(none)') as booking_legal_entity, coalesce(account_code, '(none)') as account_code,
    sum(dollars) as recognized_revenue
from postings group by all;

-- metrics: collected_cash bad_debt_amount
-- Each payment whole; how it is spread over its invoice's lines, and so by engagement, is left to the oracle.
select
    paid_on as metric_date, source_system as ledger,
    sum(case kind when 'payment' then dollars when 'refund' then -dollars else 0 end) as collected_cash,
    sum(case when kind = 'bad_debt' then dollars else 0 end) as bad_debt_amount
from payments group by all;

-- metrics: deferred_amount
select
    a.day as metric_date, t.legal_entity as booking_legal_entity, t.account_code,
    sum(dollars_at(t.amount, rate(t.currency, t.month_end))) as deferred_amount
from asked as a inner join canonical.accounting_trial_balance as t on t.month_end <= a.day
where t.deleted_at is null and t.account_type = 'deferred_revenue'
group by all;

-- metrics: subcontractor_cost_amount
select
    p.posted_on as metric_date,
    engagement_of_project(project_of(p.project_id, p.source_system)) as engagement_id,
    'service' as revenue_type, coalesce(p.account_code, '(none)') as account_code,
    sum(dollars_at(p.amount, rate(p.currency, p.posted_on))) as subcontractor_cost_amount
from canonical.accounting_cost_postings as p where p.deleted_at is null group by all;

-- metrics: sent_invoice_count rejected_invoice_count
-- Drafts and credit notes are not sent; what was sent and then rejected or void, was.
select
    i.invoice_date as metric_date, client_of_customer(i.customer_id, i.source_system) as client_id,
    coalesce(i.legal_entity, '(none)') as booking_legal_entity, i.source_system as ledger,
    count(*) as sent_invoice_count,
    count(*) filter (where i.status = 'rejected') as rejected_invoice_count
from canonical.accounting_invoices as i
left join canonical.accounting_customers as c on c.customer_id = i.customer_id
where i.deleted_at is null and i.type = 'invoice'
    and i.status <> 'draft' and c.is_intercompany is not true and i.is_intercompany is not true
    and i.invoice_id not in (select d.invoice_id from doubled as d)
group by all;

-- metrics: billed_gross_of_90_days_amount
-- Of ledgers that record payments, at the engagement's reference rate (where there is none, as in the billed amount).
with valued as (
    select
        b.*, b.net + b.tax as gross, r.worth as its_rate,
        dollars_at(b.net, r.worth) as net_then, dollars_at(b.tax, r.worth) as tax_then
    from billed_lines as b
    left join reference_days as f on f.engagement_id = b.engagement_id
    left join rates as r on r.of_currency = b.currency and r.on_date = coalesce(f.day, b.invoice_date)
    where b.source_system in (select ledger from paying_ledgers) and b.has_rate
)
select
    a.day as metric_date, v.engagement_id, v.revenue_type, v.source_system as ledger,
    sum(case when v.its_rate is null then v.net_dollars + v.tax_dollars else v.net_then + v.tax_then end)
        as billed_gross_of_90_days_amount
from asked as a
inner join valued as v on v.invoice_date <= a.day and a.day < least(v.left_on, v.invoice_date + 90)
group by all;

-- metrics: invoice_to_cash_days
-- What is open of an invoice in its own currency, on each day on which that changes: its gross less what was paid on it (or
-- on its credit notes) and less what is credited. Paid in full: from the day since which nothing is open any more. Left out
-- are invoices on which nothing was paid, and those of which a part was given up.
with invoices as (
    select * from documents where type = 'invoice' and invoice_id in (select b.invoice_id from billed_lines as b)
),

notes as (
    select * from documents where type = 'credit_note'
),

paid as (
    select
        coalesce(n.credited_invoice_id, p.invoice_id) as invoice_id, p.kind, p.paid_on, p.invoice_id as named_id,
        case when p.kind = 'refund' then -1 else 1 end * coalesce(p.applied_amount,
            case when p.currency = p.document_currency then p.amount
                else exchanged(p.amount, rate(p.currency, p.paid_on), rate(p.document_currency, p.paid_on)) end, 0) as amount
    from payments as p left join notes as n on n.invoice_id = p.invoice_id
),

allocated as (
    select a.credit_note_id, a.invoice_id, a.amount, a.allocated_on, n.invoice_date as note_on, n.left_on as note_left_on
    from canonical.accounting_credit_allocations as a inner join notes as n on n.invoice_id = a.credit_note_id
    where a.deleted_at is null
),

days as (
    select invoice_id, invoice_date as day from invoices
    union
    select invoice_id, paid_on from paid
    union
    select invoice_id, unnest([allocated_on, note_on, note_left_on]) from allocated
    union
    select credited_invoice_id, unnest([invoice_date, left_on]) from notes
    union
    select n.credited_invoice_id, a.allocated_on from notes as n inner join allocated as a on a.credit_note_id = n.invoice_id
),

rests as (  -- what a note's allocations leave, on each day
    select
        d.invoice_id, d.day, n.invoice_id as note_id, n.currency, n.invoice_date,
        -n.gross - coalesce(sum(a.amount), 0) as amount
    from days as d
    inner join notes as n on n.credited_invoice_id = d.invoice_id and n.invoice_date <= d.day and d.day < n.left_on
    left join allocated as a on a.credit_note_id = n.invoice_id and a.allocated_on <= d.day
    group by d.invoice_id, d.day, n.invoice_id, n.currency, n.invoice_date, n.gross
),

open_amounts as (
    select
        i.invoice_id, d.day, i.gross
        - coalesce((select sum(p.amount) from paid as p where p.invoice_id = i.invoice_id and p.paid_on <= d.day), 0)
        - coalesce((select sum(a.amount) from allocated as a where a.invoice_id = i.invoice_id and a.allocated_on <= d.day
            and a.note_on <= d.day and d.day < a.note_left_on), 0)
        - coalesce((select sum(case when r.currency = i.currency then r.amount
                else coalesce(exchanged(r.amount, rate(r.currency, r.invoice_date), rate(i.currency, r.invoice_date)), 0) end)
            from rests as r where r.invoice_id = i.invoice_id and r.day = d.day), 0) as open_amount
    from days as d inner join invoices as i on i.invoice_id = d.invoice_id
    where d.day >= i.invoice_date and d.day < i.left_on
),

settled as (
    select o.invoice_id, min(o.day) as paid_on
    from open_amounts as o
    where o.day > coalesce((select max(w.day) from open_amounts as w
        where w.invoice_id = o.invoice_id and w.open_amount > 0), date '0001-01-01')
    group by o.invoice_id
)
select
    s.paid_on as metric_date, i.invoice_id as invoice, i.client_id, coalesce(i.legal_entity, '(none)') as booking_legal_entity,
    i.source_system as ledger, s.paid_on - i.invoice_date as invoice_to_cash_days
from settled as s
inner join invoices as i on i.invoice_id = s.invoice_id
where i.invoice_id in (select named_id from paid where kind = 'payment')
    and i.invoice_id not in (select p.invoice_id from paid as p where p.kind = 'bad_debt' and p.invoice_id is not null);
