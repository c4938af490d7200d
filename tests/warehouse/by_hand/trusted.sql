-- How far the numbers can be trusted. These count what the warehouse itself found, so they start from its own lists:
-- exceptions, breaches and duplicate candidates; that those lists are right is for tests of their own.

-- metrics: open_exception_count open_exception_amount reconciliation_backlog_amount ownership_breach_count
select
    a.day as metric_date, coalesce(x.engagement_id, '(none)') as engagement_id,
    coalesce(x.client_id, '(none)') as client_id, x.kind as exception_kind, x.subject, x.severity, x.owner_role,
    count(*) as open_exception_count,
    sum(coalesce(abs(x.amount), 0)) as open_exception_amount,
    sum(case when x.kind = 'variance' then coalesce(abs(x.amount), 0) else 0 end) as reconciliation_backlog_amount,
    count(*) filter (where x.kind = 'breach') as ownership_breach_count
from asked as a
inner join marts.fct_exceptions as x on x.first_seen <= a.day and (x.resolved_at is null or x.resolved_at > a.day)
group by all;

-- metrics: exception_age_days
select
    getvariable('business_day') as metric_date, exception_id as open_exception, severity, owner_role,
    kind as exception_kind, coalesce(engagement_id, '(none)') as engagement_id, coalesce(client_id, '(none)') as client_id,
    getvariable('business_day') - first_seen as exception_age_days
from marts.fct_exceptions where resolved_at is null;

-- metrics: exception_resolution_days
select
    resolved_at as metric_date, exception_id || '|' || resolved_at as exception_change, severity, owner_role,
    kind as exception_kind, subject, coalesce(engagement_id, '(none)') as engagement_id,
    coalesce(client_id, '(none)') as client_id,
    resolved_at - first_seen as exception_resolution_days
from marts.fct_exceptions where resolved_at is not null;

-- metrics: duplicate_record_count
select
    a.day as metric_date, d.record_type, coalesce(d.client_id, '(none)') as client_id, count(*) as duplicate_record_count
from asked as a inner join marts.fct_duplicate_candidates as d on d.first_seen_on <= a.day group by all;

-- metrics: client_count duplicate_client_count
-- A company is there from the day its first record was created or, where its systems do not say, first loaded.
with known as (
    select c.client_id, min(day_of(r.since)) as since
    from (
        select 'crm:' || account_id as record, coalesce(created_at, first_seen_at) as since from canonical.crm_accounts
        union all
        select 'psa:' || client_id, coalesce(created_at, first_seen_at) from canonical.psa_clients
        union all
        select 'accounting:' || customer_id, first_seen_at from canonical.accounting_customers
    ) as r inner join client_of as c on c.record = r.record
    group by c.client_id
),

doubled_clients as (
    select client_id, min(first_seen_on) as since
    from (
        select client_id, first_seen_on from marts.fct_duplicate_candidates where record_type = 'client'
        union all
        select other_client_id, first_seen_on from marts.fct_duplicate_candidates where record_type = 'client'
    ) group by client_id
)
select
    a.day as metric_date, k.client_id, count(*) as client_count,
    count(d.client_id) as duplicate_client_count
from asked as a
inner join known as k on k.since <= a.day
left join doubled_clients as d on d.client_id = k.client_id and d.since <= a.day
group by all;
