-- How often each rule of ownership is broken on the day. One row per rule that is, the gravest and most frequent first.
select
    b.rule, any_value(b.label) as label, any_value(b.severity) as severity, any_value(b.why_it_matters) as why_it_matters,
    any_value(b.owner_role) as owner_role, any_value(b.where_to_fix) as where_to_fix, count(*) as breach_count,
    cast(sum(abs(b.amount)) as decimal(18, 2)) as amount
from marts.fct_ownership_breaches as b
where
    coalesce(b.happened_on <= cast($as_of as date), true) and coalesce(b.resolved_on > cast($as_of as date), true)
    and ($engagement_ids is null or b.engagement_id in (select unnest($engagement_ids)))
group by b.rule
order by case any_value(b.severity) when 'high' then 1 when 'medium' then 2 else 3 end, count(*) desc, b.rule
