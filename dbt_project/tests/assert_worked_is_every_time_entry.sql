-- Parity: by system, hours worked and those rejected or deleted are all the hours there are.
with expected as (
    select source_system, count(*) as entries, sum(hours) as hours
    from {{ ref('psa_time_entries') }} where deleted_at is null and status <> 'rejected' group by source_system
),

worked as (
    select source_system, count(*) as entries, sum(worked_hours) as hours from {{ ref('fct_time_entries') }} group by source_system
)

select expected.source_system, expected.entries, worked.entries as worked_entries, expected.hours, worked.hours as worked_hours
from expected full join worked on expected.source_system = worked.source_system
where expected.entries is distinct from worked.entries or expected.hours is distinct from worked.hours
