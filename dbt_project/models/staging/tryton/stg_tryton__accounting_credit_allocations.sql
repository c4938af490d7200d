-- One row per credit note in a reconciliation that settles exactly one invoice.
select
    credit.invoice_id as credit_note_id, settlement.invoice_id, 
    cast(sum(coalesce(credit.second_amount, credit.amount)) as decimal(18, 4)) as amount,
    greatest(max(credit.posted_on), settlement.invoiced_on) as allocated_on, credit.source_system,
    credit.invoice_id || '|' || settlement.invoice_id as source_id, max(credit.load_id) as load_id,
    min(credit.first_seen_at) as first_seen_at, cast(null as timestamptz) as deleted_at,
    cast(null as varchar) as record_url
from {{ ref('stg_tryton__receivable_lines') }} as credit
join {{ ref('stg_tryton__settlements') }} as settlement
    on credit.source_system = settlement.source_system and credit.reconciliation_id = settlement.reconciliation_id
where credit.is_credit_note and not credit.is_reversal and credit.deleted_at is null
group by credit.source_system, credit.invoice_id, settlement.invoice_id, settlement.invoiced_on
