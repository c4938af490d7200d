-- Two ledgers that run side by side may hold one document. It counts in one of them.
select
    invoices.type, invoices.number, invoices.client_id, invoices.currency, invoices.gross_native_amount, count(*) as documents,
    string_agg(invoices.invoice_id, ', ' order by invoices.invoice_id) as which
from {{ ref('int_invoices') }} as invoices
where invoices.is_counted and invoices.number is not null
group by invoices.type, invoices.number, invoices.client_id, invoices.currency, invoices.gross_native_amount
having count(distinct invoices.source_system) > 1
