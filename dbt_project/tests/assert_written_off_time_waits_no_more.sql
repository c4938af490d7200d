-- What was written off is no work in progress: from that day on, nothing of it waits for an invoice.
select items.source_system, items.source_id, items.amount, entries.written_off_at, items.effective_from, items.effective_to
from {{ ref('fct_variance_items') }} as items
inner join {{ ref('psa_time_entries') }} as entries
    on items.source_object = 'psa_time_entries' and items.source_system = entries.source_system
    and items.source_id = entries.source_id
where items.driver = 'approved_not_billed' and entries.written_off_at is not null
    and coalesce(items.effective_to, {{ forever() }}) > greatest(entries.work_date, {{ business_date('entries.written_off_at') }})
