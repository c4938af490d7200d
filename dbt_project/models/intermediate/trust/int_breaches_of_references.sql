-- References that tie a record to nothing, as breaches. One row per record and column.
with projects as (
    select source_system, source_id, 'psa_projects' as source_object, 'project' as member_type, project_id as member_key
    from {{ ref('psa_projects') }}
    union all
    select source_system, source_id, 'crm_deals' as source_object, 'deal' as member_type, deal_id as member_key
    from {{ ref('crm_deals') }}
)

select
    case lost.finding when 'ambiguous' then 'ambiguous_reference' else 'unresolved_reference' end as rule,
    members.engagement_id, cast(null as varchar) as client_id, lost.source_system, lost.source_object, lost.source_id,
    lost.record_url, lost.field, cast(null as varchar) as value_before, lost.given as value_after,
    cast(null as varchar) as changed_by, cast(null as decimal(18, 4)) as native_amount, cast(null as varchar) as currency,
    {{ business_date('lost.first_seen_at') }} as happened_on, cast(null as timestamptz) as changed_at,
    cast(null as date) as resolved_on
from {{ ref('int_unresolved_references') }} as lost
left join projects
    on lost.source_system = projects.source_system and lost.source_id = projects.source_id
    and lost.source_object = projects.source_object
left join {{ ref('int_engagement_members') }} as members
    on projects.member_type = members.member_type and projects.member_key = members.member_key
