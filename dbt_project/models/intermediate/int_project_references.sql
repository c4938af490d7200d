-- Which PSA project a ledger means: its own copy of projects first, else the PSA's. One row per accounting system and
-- value given. A value that leads nowhere has no row: such a line has no known project.
with given as (
    select distinct source_system, project_id as given from {{ ref('accounting_invoice_lines') }} where project_id is not null
    union
    select distinct source_system, project_id as given from {{ ref('accounting_revenue_postings') }} where project_id is not null
    union
    select distinct source_system, project_id as given from {{ ref('accounting_cost_postings') }} where project_id is not null
),

bare as (
    select source_id, min(project_id) as project_id, count(*) as systems from {{ ref('psa_projects') }} group by source_id
),

resolved as (
    select
        given.source_system,
        given.given,
        case
            when copies.accounting_project_id is not null then copies.psa_project_id
            when named_copies.accounting_project_id is not null then named_copies.psa_project_id
            else coalesce(named.project_id, own.project_id, case when bare.systems = 1 then bare.project_id end)
        end as project_id
    from given
    left join {{ ref('accounting_projects') }} as copies
        on given.source_system || ':' || given.given = copies.accounting_project_id
    left join {{ ref('accounting_projects') }} as named_copies on given.given = named_copies.accounting_project_id
    left join {{ ref('psa_projects') }} as named on given.given = named.project_id
    left join {{ ref('psa_projects') }} as own on given.source_system || ':' || given.given = own.project_id
    left join bare on given.given = bare.source_id
)

select resolved.source_system, resolved.given, resolved.project_id
from resolved
inner join {{ ref('psa_projects') }} as projects on resolved.project_id = projects.project_id
