-- What was billed: documents that count, their lines with project and engagement, each valued once.

-- A ledger's project id means its own project by that id, else the PSA's: by key, by id, or by id in the only system.
create temp table named_projects as
with given as (
    select source_system, project_id as reference from canonical.accounting_invoice_lines
    union
    select source_system, project_id from canonical.accounting_revenue_postings
    union
    select source_system, project_id from canonical.accounting_cost_postings
)

select
    g.source_system, g.reference,
    case when count(a.accounting_project_id) > 0 then any_value(p.project_id)
        when count(k.project_id) > 0 then any_value(k.project_id)
        when count(o.project_id) > 0 then any_value(o.project_id)
        when count(distinct b.project_id) = 1 then any_value(b.project_id) end as project
from given as g
left join canonical.accounting_projects as a
    on a.accounting_project_id in (g.source_system || ':' || g.reference, g.reference) and a.source_system = g.source_system
left join canonical.psa_projects as p on p.project_id = a.psa_project_id
left join canonical.psa_projects as k on k.project_id = g.reference
left join canonical.psa_projects as o on o.project_id = g.source_system || ':' || g.reference
left join canonical.psa_projects as b on b.source_id = g.reference
where g.reference is not null
group by g.source_system, g.reference;

create temp macro project_of(given, system_name) as (
    select its_name.project from named_projects as its_name
    where its_name.reference = given and its_name.source_system = system_name
);

create temp table posted as
select
    i.*,
    c.is_intercompany is true or i.is_intercompany is true as is_ours,
    client_of_customer(i.customer_id, i.source_system) as client_id,
    case when i.status = 'void' then day_of(i.voided_at) else never() end as left_on,
    coalesce(sums.net, 0) as net, coalesce(sums.gross, 0) as gross
from canonical.accounting_invoices as i
left join canonical.accounting_customers as c on c.customer_id = i.customer_id
left join (
    select invoice_id, sum(net_amount) as net, sum(net_amount + coalesce(tax_amount, 0)) as gross
    from canonical.accounting_invoice_lines where deleted_at is null group by invoice_id
) as sums on sums.invoice_id = i.invoice_id
where i.deleted_at is null and (i.status in ('open', 'paid') or i.status = 'void' and i.voided_at is not null);

-- The same document in a ledger named later counts in the first only; so do its credit notes.
create temp table doubled as
with copies as (
    select p.invoice_id from posted as p
    where not p.is_ours and exists (
        select 1 from posted as q
        where not q.is_ours and q.number = p.number and q.client_id = p.client_id and q.currency = p.currency
            and q.type = p.type and q.gross = p.gross and place(q.source_system) < place(p.source_system)
    )
)

select invoice_id from copies
union
select p.invoice_id from posted as p
where p.type = 'credit_note' and p.credited_invoice_id in (select c.invoice_id from copies as c);

create temp table documents as
select * from posted
where not is_ours and invoice_id not in (select d.invoice_id from doubled as d);

-- Lines; a credit note's line without a known project takes back the lines of the invoice it credits, in proportion.
create temp table billed_lines as
with lines as (
    select
        l.*, d.type, d.invoice_date, d.left_on, d.currency, d.customer_id, d.credited_invoice_id, d.status,
        d.client_id, d.legal_entity as booked_by, project_of(l.project_id, l.source_system) as project,
        rate(case when l.booked_amount is not null and l.booked_currency is not null then l.booked_currency
            else d.currency end, d.invoice_date) is not null as has_rate
    from canonical.accounting_invoice_lines as l
    inner join documents as d on d.invoice_id = l.invoice_id
    where l.deleted_at is null
),

taken_back as (
    select
        n.invoice_line_id, t.invoice_line_id as part, t.project, t.client_id as its_client,
        t.net_amount as weight,
        sum(t.net_amount) over (partition by n.invoice_line_id) as weights,
        row_number() over (partition by n.invoice_line_id order by t.net_amount desc, t.invoice_line_id) as size_order
    from lines as n inner join lines as t on t.invoice_id = n.credited_invoice_id
    where n.type = 'credit_note' and n.project is null
),

shares as (
    select
        b.*,
        case when b.weights = 0 then 0 else share_of(n.net_amount, b.weight, b.weights) end as net,
        case when b.weights = 0 then 0 else share_of(coalesce(n.tax_amount, 0), b.weight, b.weights) end as tax,
        case when b.weights = 0 then 0 else share_of(n.booked_amount, b.weight, b.weights) end as booked
    from taken_back as b inner join lines as n on n.invoice_line_id = b.invoice_line_id
),

parts as (
    select invoice_line_id, '' as part, project, client_id as its_client,
        net_amount as net, coalesce(tax_amount, 0) as tax, booked_amount as booked
    from lines where invoice_line_id not in (select t.invoice_line_id from taken_back as t)
    union all
    select  -- what rounding leaves falls to the largest
        s.invoice_line_id, s.part, s.project, s.its_client,
        case when s.size_order > 1 then s.net
            else n.net_amount - sum(s.net) over (partition by s.invoice_line_id) + s.net end,
        case when s.size_order > 1 then s.tax
            else coalesce(n.tax_amount, 0) - sum(s.tax) over (partition by s.invoice_line_id) + s.tax end,
        case when s.size_order > 1 then s.booked
            else n.booked_amount - sum(s.booked) over (partition by s.invoice_line_id) + s.booked end
    from shares as s inner join lines as n on n.invoice_line_id = s.invoice_line_id
)

select
    l.* exclude (project), p.part, p.project, p.net, p.tax,
    case when l.kind = 'expense' then 'pass_through' else 'service' end as revenue_type,
    coalesce(engagement_of_project(p.project), 'unlinked:' || p.its_client) as engagement_id,
    case when l.booked_amount is not null and l.booked_currency is not null
        then dollars_at(p.booked, rate(l.booked_currency, l.invoice_date))
        else dollars_at(p.net, rate(l.currency, l.invoice_date)) end as net_dollars,
    case when l.has_rate then dollars_at(p.tax, rate(l.currency, l.invoice_date)) else 0 end as tax_dollars
from parts as p inner join lines as l on l.invoice_line_id = p.invoice_line_id;

-- + on the invoice date, - on the day on which a void takes effect
create temp table billed_days as
select b.*, b.invoice_date as day, 1 as direction from billed_lines as b where b.invoice_date < b.left_on
union all
select b.*, b.left_on, -1 from billed_lines as b where b.invoice_date < b.left_on and b.left_on < never();

-- Postings that count. One belongs to its project, else its line's, else its customer's unlinked engagement.
create temp table postings as
with followed as (  -- of a credit note's line that is spread, the part of the largest line counts
    select
        l.invoice_line_id, l.invoice_id, l.kind, coalesce(project_of(l.project_id, l.source_system), (
            select arg_max(b.project, (t.net_amount, b.part)) from billed_lines as b
            inner join canonical.accounting_invoice_lines as t on t.invoice_line_id = b.part
            where b.invoice_line_id = l.invoice_line_id
        )) as project
    from canonical.accounting_invoice_lines as l where l.deleted_at is null
)

select
    p.*, case when f.kind = 'expense' then 'pass_through' else 'service' end as revenue_type,
    coalesce(
        engagement_of_project(coalesce(project_of(p.project_id, p.source_system), f.project)),
        'unlinked:' || client_of_customer(
            coalesce(p.customer_id, i.customer_id),
            case when p.customer_id is null then coalesce(i.source_system, p.source_system) else p.source_system end
        )
    ) as engagement_id,
    dollars_at(p.amount, rate(p.currency, p.posted_on)) as dollars
from canonical.accounting_revenue_postings as p
left join followed as f on f.invoice_line_id = p.invoice_line_id
left join canonical.accounting_invoices as i on i.invoice_id = f.invoice_id
left join canonical.accounting_customers as c on c.customer_id = p.customer_id
left join canonical.accounting_customers as ic on ic.customer_id = i.customer_id
where p.deleted_at is null and c.is_intercompany is not true and ic.is_intercompany is not true
    and i.is_intercompany is not true and (i.invoice_id is null or i.invoice_id not in (select d.invoice_id from doubled as d));

-- Payments that count, each whole.
create temp table payments as
select
    p.* exclude (kind), coalesce(p.kind, 'payment') as kind, i.type as document_type, i.currency as document_currency,
    client_of_customer(coalesce(p.customer_id, i.customer_id), coalesce(i.source_system, p.source_system)) as client_id,
    dollars_at(p.amount, rate(p.currency, p.paid_on)) as dollars
from canonical.accounting_payments as p
left join canonical.accounting_customers as c on c.customer_id = p.customer_id
left join canonical.accounting_invoices as i on i.invoice_id = p.invoice_id
left join canonical.accounting_customers as ic on ic.customer_id = i.customer_id
where p.deleted_at is null and c.is_intercompany is not true and ic.is_intercompany is not true
    and i.is_intercompany is not true and (i.invoice_id is null or i.invoice_id not in (select d.invoice_id from doubled as d));

-- The ledgers that post revenue, and those that record payments: for themselves, or for another's documents.
create temp table posting_ledgers as
select source_system as ledger from canonical.accounting_revenue_postings
union
select l.source_system from canonical.accounting_revenue_postings as p
inner join canonical.accounting_invoice_lines as l on l.invoice_line_id = p.invoice_line_id;

create temp table paying_ledgers as
select source_system as ledger from canonical.accounting_payments
union
select i.source_system from canonical.accounting_payments as p
inner join canonical.accounting_invoices as i on i.invoice_id = p.invoice_id;
