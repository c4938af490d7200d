-- One row per reconciliation that settles exactly one invoice: whatever else stands in it, pays that invoice.
select
    source_system, reconciliation_id, min(invoice_id) as invoice_id, min(posted_on) as invoiced_on
from {{ ref('stg_tryton__receivable_lines') }}
where reconciliation_id is not null and invoice_id is not null and not is_credit_note and not is_reversal
group by source_system, reconciliation_id
having count(distinct invoice_id) = 1
