-- Billable time with a rate is worth hours x rate x exchange rate, multiplied first and rounded once; and it waits for its
-- approval until the PSA says that it was approved.
select work.work_id, work.hours, work.bill_rate, work.fx_rate, work.cc_amount, entries.status, work.approved_on
from {{ ref('int_work') }} as work
inner join {{ ref('psa_time_entries') }} as entries on work.work_id = entries.time_entry_id and work.work_type = 'time_entry'
where (entries.status = 'approved') <> (work.approved_on < {{ forever() }})
    or work.cc_amount <> case when entries.is_billable and entries.bill_rate is not null then round(
        cast(entries.hours as decimal(38, 6)) * cast(entries.bill_rate as decimal(18, 6)) * cast(work.fx_rate as decimal(20, 10)), 2
    ) else 0 end
