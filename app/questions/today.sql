-- The answers of a morning, one question's or all. One row per engagement and thing, the largest first.
select
    t.question, t.engagement_id, e.engagement_name, e.client, e.project_manager, t.source_system, t.source_id, t.record_url,
    coalesce(d.label, t.detail) as detail, t.amount, t.hours, t.since
from semantic.today(cast($as_of as date)) as t
inner join marts.dim_engagements as e on e.engagement_id = t.engagement_id
left join seeds.variance_drivers as d
    on t.detail = case t.question when 'invoiceable' then d.driver else d.bridge || '.' || d.driver end
    and d.bridge in ('planned_to_billed', split_part(t.detail, '.', 1))
where
    ($asked is null or t.question = $asked)
    and ($engagement_ids is null or t.engagement_id in (select unnest($engagement_ids)))
order by abs(coalesce(t.amount, t.hours, 0)) desc, t.since, t.engagement_id, t.detail
