-- The engagements that the filters leave, the largest by what was sold and billed first. One row per engagement.
select e.engagement_id, e.engagement_name, e.client
from marts.dim_engagements as e
left join semantic.revenue_as_of(cast($as_of as date)) as r on r.engagement_id = e.engagement_id
where $engagement_ids is null or e.engagement_id in (select unnest($engagement_ids))
order by greatest(coalesce(r.sold_revenue, 0), coalesce(r.planned_revenue, 0), coalesce(r.billed_revenue, 0)) desc, e.engagement_id
