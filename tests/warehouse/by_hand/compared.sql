-- What needs two systems, as of each day asked: every row of either side as it stands on the day, one less the other.

-- metrics: planned_minus_sold
with sides as (
    select a.day, s.revenue_type, engagement_of_deal(s.deal_id) as engagement_id, -s.amount as dollars
    from asked as a inner join sold_rows as s on s.since <= a.day and a.day < s.until
    union all
    select a.day, p.revenue_type, p.engagement_id, p.dollars
    from asked as a inner join plans as p on p.day <= a.day and a.day < p.next_day
)
select day as metric_date, engagement_id, revenue_type, sum(dollars) as planned_minus_sold from sides group by all;

-- metrics: billed_minus_planned
with sides as (
    select a.day, p.revenue_type, p.engagement_id, -p.dollars as dollars
    from asked as a inner join plans as p on p.day <= a.day and a.day < p.next_day
    union all
    select a.day, b.revenue_type, b.engagement_id, b.net_dollars
    from asked as a inner join billed_lines as b on b.invoice_date <= a.day and a.day < b.left_on
)
select day as metric_date, engagement_id, revenue_type, sum(dollars) as billed_minus_planned from sides group by all;

-- metrics: unbilled_backlog_amount
with sides as (
    select a.day, s.revenue_type, engagement_of_deal(s.deal_id) as engagement_id, s.amount as dollars
    from asked as a inner join sold_rows as s on s.since <= a.day and a.day < s.until
    union all
    select a.day, b.revenue_type, b.engagement_id, -b.net_dollars
    from asked as a inner join billed_lines as b on b.invoice_date <= a.day and a.day < b.left_on
)
select day as metric_date, engagement_id, revenue_type, sum(dollars) as unbilled_backlog_amount from sides group by all;

-- metrics: recognized_minus_billed
with sides as (
    select a.day, p.revenue_type, p.engagement_id, p.dollars
    from asked as a inner join postings as p on p.posted_on <= a.day
    union all
    select a.day, b.revenue_type, b.engagement_id, -b.net_dollars
    from asked as a inner join billed_lines as b on b.invoice_date <= a.day and a.day < b.left_on
    where b.source_system in (select ledger from posting_ledgers)
)
select day as metric_date, engagement_id, revenue_type, sum(dollars) as recognized_minus_billed from sides group by all;

-- metrics: collected_minus_billed
-- In all; by engagement it is the oracle's.
with sides as (
    select a.day, case p.kind when 'payment' then p.dollars when 'refund' then -p.dollars else 0 end as dollars
    from asked as a inner join payments as p on p.paid_on <= a.day
    union all
    select a.day, -b.net_dollars
    from asked as a inner join billed_lines as b on b.invoice_date <= a.day and a.day < b.left_on
    where b.source_system in (select ledger from paying_ledgers)
)
select day as metric_date, sum(dollars) as collected_minus_billed from sides group by all;

-- metrics: backlog_amount
with sides as (
    select a.day, s.revenue_type, engagement_of_deal(s.deal_id) as engagement_id, s.amount as dollars
    from asked as a inner join sold_rows as s on s.since <= a.day and a.day < s.until
    union all
    select a.day, p.revenue_type, p.engagement_id, -p.dollars
    from asked as a inner join postings as p on p.posted_on <= a.day
)
select day as metric_date, engagement_id, revenue_type, sum(dollars) as backlog_amount from sides group by all;
