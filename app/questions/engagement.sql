-- What is known of an engagement. One row.
select e.*
from marts.dim_engagements as e
where e.engagement_id = $engagement_id
