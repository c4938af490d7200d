-- What was sold: when each deal was won and left, at which value, and of what it is made.

create temp table deal_changes as
select
    h.deal_id, h.field, h.changed_at, h.old_value, h.new_value,
    row_number() over (
        partition by h.deal_id, h.field order by h.changed_at, coalesce(h.new_value, 'None')
    ) as nth
from canonical.crm_deal_history as h
where h.deleted_at is null;

-- A field as it stood at a moment: what changed later is an overwrite.
create temp macro deal_value(deal, its_field, moment) as coalesce(
    (select max_by(its_past.new_value, its_past.nth) from deal_changes as its_past
    where its_past.deal_id = deal and its_past.field = its_field and its_past.changed_at <= moment),
    (select min_by(its_future.old_value, its_future.nth) from deal_changes as its_future
    where its_future.deal_id = deal and its_future.field = its_field and its_future.changed_at > moment)
);

create temp table won_moments as
with closing as (
    select deal_id, coalesce(close_date, day_of(created_at)) as closed_on from canonical.crm_deals
),

firsts as (
    select * from deal_changes where field = 'is_won' and nth = 1
),

lasts as (
    select deal_id, max(changed_at) as changed_at, is_yes(max_by(new_value, nth)) as is_won
    from deal_changes where field = 'is_won' group by deal_id
),

-- won already when its history begins: at the end of the day on which it was then said to have closed
closed_before as (
    select f.deal_id, f.changed_at, coalesce(
        (select cast(min_by(c.old_value, c.nth)[:10] as date) from deal_changes as c
        where c.deal_id = f.deal_id and c.field = 'close_date' and c.changed_at >= f.changed_at), k.closed_on
    ) as closed_on
    from firsts as f inner join closing as k on k.deal_id = f.deal_id
    where is_yes(f.old_value)
),

told as (
    select b.deal_id, 0 as part, 0 as nth, true as is_won,
        case when b.closed_on < day_of(b.changed_at) then end_of(b.closed_on) else d.created_at end as moment
    from closed_before as b inner join canonical.crm_deals as d on d.deal_id = b.deal_id
    union all
    select deal_id, 1, nth, is_yes(new_value), changed_at from deal_changes where field = 'is_won'
    union all
    -- what the deal says now and its history does not tell
    select d.deal_id, 2, 0, d.is_won, greatest(end_of(k.closed_on), l.changed_at)
    from canonical.crm_deals as d
    inner join closing as k on k.deal_id = d.deal_id
    left join lasts as l on l.deal_id = d.deal_id
    where d.is_won <> coalesce(l.is_won, false)
)

select t.deal_id, t.moment, t.is_won, row_number() over (partition by t.deal_id order by t.part, t.moment, t.nth) as nth
from (
    select *, lag(is_won, 1, false) over (partition by deal_id order by part, moment, nth) as was_won from told
) as t
where t.is_won <> t.was_won;

-- Runs of days on which a deal is won. One undone on its own day never was.
create temp table winnings as
with runs as (
    select w.deal_id, w.moment, day_of(w.moment) as won_on, least(
        coalesce(day_of(lead(w.moment) over (partition by w.deal_id order by w.nth)), never()),
        coalesce(day_of(d.deleted_at), never())
    ) as left_on, w.is_won
    from won_moments as w inner join canonical.crm_deals as d on d.deal_id = w.deal_id
)

select
    r.deal_id, r.won_on, r.left_on,
    coalesce(max(r.left_on) over (
        partition by r.deal_id order by r.won_on, r.moment rows between unbounded preceding and 1 preceding
    ), date '0001-01-01') as left_before,
    coalesce(cast(deal_value(r.deal_id, 'amount', r.moment) as decimal(18, 4)), d.amount, 0)
        - coalesce(cast(deal_value(r.deal_id, 'tax_amount', r.moment) as decimal(18, 4)), d.tax_amount, 0) as value,
    coalesce(deal_value(r.deal_id, 'currency', r.moment), d.currency) as currency,
    d.change_order_number is not null as is_change_order
from runs as r inner join canonical.crm_deals as d on d.deal_id = r.deal_id
where r.is_won and r.won_on < r.left_on;

-- Deal lines are used where they add up to the value when won; else the deal is one amount without a role.
create temp table sold_rows as
with present as (
    select l.* from canonical.crm_deal_lines as l inner join canonical.crm_deals as d on d.deal_id = l.deal_id
    where l.deleted_at is null or l.deleted_at >= d.deleted_at
),

sums as (
    select deal_id, sum(amount) as amount from present group by deal_id
),

parts as (
    select w.*, w.won_on as since, l.amount, l.family as revenue_type, l.role, l.hours, true as is_line
    from winnings as w
    inner join sums as s on s.deal_id = w.deal_id and s.amount = w.value
    inner join present as l on l.deal_id = w.deal_id
    union all
    select w.*, w.won_on, w.value, 'service', null, null, false
    from winnings as w left join sums as s on s.deal_id = w.deal_id and s.amount = w.value
    where s.deal_id is null
    union all
    -- a mistake at closing, corrected: in the winning that its date falls in, or the next
    select w.*, greatest(w.won_on, c.date), c.amount, 'service', null, null, false
    from seeds.sold_corrections as c
    inner join canonical.crm_deals as d on c.deal in (d.deal_id, d.source_id)
    inner join winnings as w on w.deal_id = d.deal_id and c.date >= w.left_before and c.date < w.left_on
    where c.approved_by is not null
)

select
    p.deal_id, p.since, p.left_on as until, p.revenue_type, p.role, p.hours, p.is_line, p.is_change_order,
    dollars_at(p.amount, rate(p.currency, p.won_on)) as amount
from parts as p;

-- Whether a deal is open, won or lost, by the state at the end of each day. What is won is closed, and stays so when the
-- win is undone, unless the CRM says that it is open again. A deal that is closed now and whose history does not tell since
-- when closed at its first win, else at the end of its close date.
create temp table deal_outcomes as
with told as (
    select deal_id, max(changed_at) as last_at, max_by(is_yes(new_value), nth) as is_closed
    from deal_changes where field = 'is_closed' group by deal_id
),

events as (
    select deal_id, created_at as moment, 0 as part, 0 as nth, false as is_won, false as is_closed from canonical.crm_deals
    union all
    select c.deal_id, c.changed_at, 1, c.nth, null, is_yes(c.new_value) from deal_changes as c where c.field = 'is_closed'
    union all
    select deal_id, moment, 2, nth, is_won, case when is_won then true end from won_moments
    union all
    select d.deal_id, greatest(end_of(coalesce(d.close_date, day_of(d.created_at))), t.last_at), 3, 0, null, true
    from canonical.crm_deals as d left join told as t on t.deal_id = d.deal_id
    where d.is_closed and not coalesce(t.is_closed, false) and d.deal_id not in (select w.deal_id from won_moments as w)
),

states as (
    select
        deal_id, day_of(moment) as day,
        last_value(is_won ignore nulls) over so_far as is_won, last_value(is_closed ignore nulls) over so_far as is_closed
    from events
    window so_far as (partition by deal_id order by moment, part, nth)
    qualify row_number() over (partition by deal_id, day_of(moment) order by moment desc, part desc, nth desc) = 1
),

named as (
    select deal_id, day, case when is_won then 'won' when is_closed then 'lost' else 'open' end as outcome from states
    qualify outcome is distinct from lag(outcome) over (partition by deal_id order by day)
)

select
    n.deal_id, n.day, n.outcome, least(
        lead(n.day, 1, never()) over (partition by n.deal_id order by n.day), coalesce(day_of(d.deleted_at), never())
    ) as next_day
from named as n inner join canonical.crm_deals as d on d.deal_id = n.deal_id
qualify n.day < next_day;
