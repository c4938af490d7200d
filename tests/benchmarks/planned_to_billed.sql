-- The bridge from planned to billed on one day, by hand, out of the records themselves. It is simpler than the real one: plans
-- at their highest version and every amount at its own day's rate; no holds, ended projects, credits re-billed or inference;
-- a line settles its time whole where the ledger links it, and what else was billed is one difference.
with rates as (
    select
        currency, rate, rate_date as valid_from,
        coalesce(lead(rate_date) over (partition by currency order by rate_date), date '9999-12-31') as valid_to
    from canonical.fx_rates where deleted_at is null
    union all
    select 'USD', 1, date '0001-01-01', date '9999-12-31'
),

rated as (
    select currency, rate from rates where $day >= valid_from and $day < valid_to
),

versions as (
    select project_id, version
    from canonical.psa_budget_versions
    where deleted_at is null and effective_on <= $day
    qualify version = max(version) over (partition by project_id)
),

lines as (
    select lines.kind, lines.planned_date <= $day as is_due, lines.project_id, lines.milestone_id,
        round(lines.amount * rated.rate, 2) as amount
    from versions
    inner join canonical.psa_budget_lines as lines
        on versions.project_id = lines.project_id and versions.version = lines.version and lines.deleted_at is null
    inner join canonical.psa_projects as projects on lines.project_id = projects.project_id and projects.deleted_at is null
    inner join rated on projects.currency = rated.currency
),

priced_projects as (
    select distinct project_id from lines where kind = 'time' and amount <> 0
),

invoices as (
    select invoices.invoice_id, invoices.currency
    from canonical.accounting_invoices as invoices
    left join canonical.accounting_customers as customers on invoices.customer_id = customers.customer_id
    where invoices.deleted_at is null and invoices.status in ('open', 'paid') and invoices.invoice_date <= $day
        and not coalesce(invoices.is_intercompany, false) and not coalesce(customers.is_intercompany, false)
),

billed as (
    select lines.invoice_line_id, round(lines.net_amount * rated.rate, 2) as amount
    from canonical.accounting_invoice_lines as lines
    inner join invoices on lines.invoice_id = invoices.invoice_id
    inner join rated on invoices.currency = rated.currency
    where lines.deleted_at is null
),

invoiced as (
    select distinct links.source_id
    from canonical.accounting_line_links as links
    inner join billed on links.invoice_line_id = billed.invoice_line_id
    where links.source = 'time_entry'
),

work as (
    select
        round(entries.hours * entries.bill_rate * rated.rate, 2) as amount,
        case
            when invoiced.source_id is not null then 'invoiced'
            when entries.written_off_at <= $day then 'written_off'
            when entries.status = 'approved' and entries.approved_at <= $day then 'approved_not_billed'
            else 'unapproved'
        end as state
    from canonical.psa_time_entries as entries
    inner join priced_projects on entries.project_id = priced_projects.project_id
    inner join canonical.psa_projects as projects on entries.project_id = projects.project_id
    inner join rated on projects.currency = rated.currency
    left join invoiced on entries.source_id = invoiced.source_id
    where entries.deleted_at is null and entries.status <> 'rejected' and entries.is_billable and entries.work_date <= $day
),

milestones as (
    select lines.amount, milestones.reached_at <= $day as is_reached
    from lines
    left join canonical.psa_milestones as milestones on lines.milestone_id = milestones.milestone_id
    where lines.kind = 'milestone' and lines.is_due
),

drivers as (
    select 'not_due_yet' as driver, -sum(amount) as amount from lines where not is_due
    union all select 'hours and rate', (select sum(amount) from work) - (select sum(amount) from lines where kind = 'time' and is_due)
    union all select state, -sum(amount) from work where state <> 'invoiced' group by state
    union all select case when is_reached then 'milestone_not_billed' else 'milestone_not_reached' end, -sum(amount) from milestones
        group by all
    union all select 'billed, less invoiced time', (select sum(amount) from billed)
        - (select coalesce(sum(amount), 0) from work where state = 'invoiced')
)

select driver, amount from drivers
