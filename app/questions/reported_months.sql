-- Each month that was closed, as it was last told. One row per month, the newest first.
with moved as (
    select r.month, count(distinct r.measure) as moved_count
    from marts.fct_restatements as r
    where r.is_latest and r.driver is null and r.period = 'month'
        and ($engagement_ids is null or r.engagement_id in (select unnest($engagement_ids)))
    group by r.month
)
select
    t.month, any_value(t.snapshot) as snapshot, any_value(t.reason) as reason, any_value(t.closed_at) as closed_at,
    cast(coalesce(any_value(m.moved_count), 0) as bigint) as moved_count
from marts.fct_as_reported as t
left join moved as m on m.month = t.month
where t.is_latest
group by t.month
order by t.month desc
