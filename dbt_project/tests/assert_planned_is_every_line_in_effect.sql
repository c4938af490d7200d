-- Parity: by project, what is planned are all lines of the budget versions that ever came into effect, each once, and
-- nothing else. Left out: lines that were deleted before their version came into effect.
with expected as (
    select lines.project_id, count(*) as lines, sum(lines.amount) as amount
    from {{ ref('psa_budget_lines') }} as lines
    inner join (
        select project_id, version, max(effective_to) as last_day from {{ ref('int_plan_changes') }}
        where version is not null group by project_id, version
    ) as versions on lines.project_id = versions.project_id and lines.version = versions.version
    inner join {{ ref('psa_projects') }} as projects on lines.project_id = projects.project_id
    inner join (
        select project_id, version, min(effective_from) as first_day from {{ ref('int_plan_changes') }}
        where version is not null group by project_id, version
    ) as firsts on lines.project_id = firsts.project_id and lines.version = firsts.version
    where coalesce({{ business_date('lines.deleted_at') }}, {{ forever() }}) > firsts.first_day
    group by lines.project_id
),

planned as (
    select project_id, count(*) as lines, sum(planned_native_amount) as amount
    from (
        select project_id, version, budget_line_id, planned_native_amount
        from {{ ref('fct_planned') }}
        qualify row_number() over (partition by project_id, version, budget_line_id order by metric_date) = 1
    )
    group by project_id
)

select coalesce(expected.project_id, planned.project_id) as project_id, expected.lines, planned.lines as planned_lines,
    expected.amount, planned.amount as planned_amount
from expected full join planned on expected.project_id = planned.project_id
where expected.lines is distinct from planned.lines or expected.amount is distinct from planned.amount
