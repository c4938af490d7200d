-- When milestones were reached. One row per milestone that was.
select milestone_id, {{ business_date('reached_at') }} as reached_on
from {{ ref('psa_milestones') }}
where reached_at is not null and deleted_at is null
