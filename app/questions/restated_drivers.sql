-- Why the bridges at the end of a closed month are not those that were told. One row per bridge and driver, the largest first.
select
    r.measure as bridge, r.driver, d.label, d.sentence, d.owner_role,
    cast(sum(r.as_reported_amount) as decimal(18, 2)) as reported_amount, cast(sum(r.now_amount) as decimal(18, 2)) as now_amount,
    cast(sum(r.difference_amount) as decimal(18, 2)) as difference_amount
from marts.fct_restatements as r
inner join seeds.variance_drivers as d on d.bridge = r.measure and d.driver = r.driver
where r.is_latest and r.month = cast($month as date)
    and ($engagement_ids is null or r.engagement_id in (select unnest($engagement_ids)))
group by r.measure, r.driver, d.label, d.sentence, d.owner_role
having sum(r.difference_amount) <> 0
order by abs(sum(r.difference_amount)) desc, r.measure, r.driver
