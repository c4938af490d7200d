-- Of a project's budget versions whose day has come, the highest counts: nothing of another stands today.
with highest as (
    select project_id, max(version) as version
    from {{ ref('psa_budget_versions') }}
    where deleted_at is null and effective_on <= date '{{ var("business_day") }}'
    group by project_id
),

standing as (
    select project_id, version, budget_line_id
    from {{ ref('fct_planned') }}
    where metric_date <= date '{{ var("business_day") }}'
    group by project_id, version, budget_line_id
    having sum(planned_native_amount) <> 0
)

select standing.project_id, standing.version, standing.budget_line_id, highest.version as highest_version
from standing
left join highest on standing.project_id = highest.project_id
where standing.version is distinct from highest.version
