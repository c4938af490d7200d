-- What rests on how work and money settle, one line after the other. The settling is the oracle's (hand_settlements.py:
-- `oracle_metrics`, `oracle_drivers`, `oracle_invoiced`); what is made of it is written here.

-- metrics: wip_amount unapproved_amount written_off_amount
select
    day as metric_date, engagement_id, wip_amount, unapproved_amount, written_off_amount
from oracle_metrics;

-- metrics: receivables_amount overdue_receivables_amount disputed_receivables_amount
select
    day as metric_date, engagement_id, receivables_amount, overdue_receivables_amount, disputed_receivables_amount
from oracle_metrics;

-- also: collected_cash
-- To date, by engagement: a payment is spread over the lines of its invoice.
select day as metric_date, engagement_id, collected_cash from oracle_metrics;

-- also: collected_minus_billed
select day as metric_date, engagement_id, sum(amount) as collected_minus_billed
from oracle_drivers where bridge = 'billed_to_collected' group by all;

-- metrics: invoiceable_amount
-- Work in progress, milestones reached and recurring fees due on a day, unless a customer of the client's is on hold then. (No hold
-- ends in these firms.)
with held as (
    select c.client_id, min(day_of(least(coalesce(k.updated_at, k.first_seen_at), k.first_seen_at))) as since
    from canonical.accounting_customers as k
    inner join client_of as c on c.record = 'accounting:' || k.customer_id
    where k.is_on_credit_hold and k.deleted_at is null
    group by all
)
select
    d.day as metric_date, d.engagement_id, d.driver as invoiceable_kind, -sum(d.amount) as invoiceable_amount
from oracle_drivers as d
left join engagement_attributes as e on e.engagement_id = d.engagement_id
left join held as h on h.client_id = e.client_id
where d.bridge = 'planned_to_billed'
    and d.driver in ('approved_not_billed', 'milestone_not_billed', 'recurring_not_billed')
    and d.day < coalesce(h.since, never())
group by all;

-- metrics: revenue_leakage_amount
-- What has no reason: write-offs, downward adjustments, non-billable time; of credits what a full one does not cancel; and
-- of unsold change orders what was worked, the lesser of the two.
with nets as (
    select
        day, engagement_id,
        coalesce(sum(amount) filter (where driver = 'change_order_not_sold'), 0) as not_sold,
        coalesce(sum(amount) filter (where driver = 'work_not_planned'), 0)
            + greatest(coalesce(sum(amount) filter (where driver = 'hours'), 0), 0) as worked
    from oracle_drivers group by all
),

causes as (
    select day, engagement_id, driver as leakage_cause, -sum(amount) as dollars from oracle_drivers
    where bridge = 'planned_to_billed' and not has_reason and is_negative
        and driver in ('written_off', 'billing_adjustment', 'non_billable_time')
    group by all
    union all
    select day, engagement_id, driver, greatest(-sum(amount), 0) from oracle_drivers
    where bridge = 'planned_to_billed' and not has_reason and driver = 'credit_note' group by all
    union all
    select day, engagement_id, 'change_order_not_sold', greatest(least(not_sold, worked), 0) from nets
)
select
    day as metric_date, engagement_id, 'service' as revenue_type, leakage_cause, sum(dollars) as revenue_leakage_amount
from causes group by all;

-- metrics: approval_to_invoice_days
with slas as (
    select sla_days from seeds.variance_drivers where bridge = 'planned_to_billed' and driver = 'approved_not_billed'
)
select
    invoiced_on as metric_date, time_entry_id as billed_entry, engagement_id, coalesce(role, '(none)') as role,
    invoiced_on - approved_on <= (select sla_days from slas) as is_within_sla,
    greatest(invoiced_on - approved_on, 0) as approval_to_invoice_days
from oracle_invoiced where approved_on is not null;

-- metrics: billing_cycle_days
select
    invoiced_on as metric_date, time_entry_id as billed_entry, engagement_id, coalesce(role, '(none)') as role,
    coalesce(invoiced_on - approved_on, 0) <= (
        select sla_days from seeds.variance_drivers where bridge = 'planned_to_billed' and driver = 'approved_not_billed'
    ) as is_within_sla,
    greatest(invoiced_on - last_day(work_date), 0) as billing_cycle_days
from oracle_invoiced;
