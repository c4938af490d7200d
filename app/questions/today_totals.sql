-- The answers of a morning in one line each. One row per question, in the order in which a person would ask. Null where the
-- systems that know are not loaded: four are metrics, projects and clients are on hold, and any bridge has what becomes late.
with questions (position, question, is_available, lacks) as (
    select q.position, q.question, c.is_available, c.lacks
    from (
        values
            (1, 'invoiceable', 'invoiceable_amount'), (2, 'disputed', 'disputed_receivables_amount'),
            (3, 'overrunning', 'forecast_overrun_hours'), (4, 'unstaffed', 'unstaffed_sold_hours')
    ) as q (position, question, metric)
    inner join semantic.metric_catalog as c on c.metric = q.metric
    union all
    select 5, 'on_hold', bool_or(a.is_available), string_agg(a.lacks, ' or ' order by a.lacks)
    from marts.dim_availability as a where a.name in ('psa_projects', 'accounting_customers')
    union all
    select 6, 'late_this_week', bool_or(a.is_available), 'both ends of any bridge'
    from marts.dim_availability as a where a.kind = 'bridge'
),
answers as (
    select
        t.question, count(distinct t.engagement_id) as engagement_count, count(*) as row_count,
        cast(coalesce(sum(t.amount), 0) as decimal(18, 2)) as amount, cast(coalesce(sum(t.hours), 0) as decimal(18, 2)) as hours
    from semantic.today(cast($as_of as date)) as t
    where $engagement_ids is null or t.engagement_id in (select unnest($engagement_ids))
    group by t.question
)
select
    q.position, q.question,
    case when q.is_available then coalesce(a.engagement_count, 0) end as engagement_count,
    case when q.is_available then coalesce(a.row_count, 0) end as row_count,
    case when q.is_available then coalesce(a.amount, 0) end as amount,
    case when q.is_available then coalesce(a.hours, 0) end as hours,
    case when not q.is_available then q.lacks end as lacks
from questions as q
left join answers as a on a.question = q.question
order by q.position
