-- Edits by users of a team that does not own the record (teams.csv). One row per edit and posting; a user of no team is not
-- judged.
with edits as (
    select
        'sales' as owner_team, 'deal' as member_type, history.deal_id as member_key, history.source_system,
        'crm_deals' as source_object, deals.source_id, deals.record_url, history.field, history.old_value, history.new_value,
        history.changed_by, history.changed_at
    from {{ ref('crm_deal_history') }} as history inner join {{ ref('crm_deals') }} as deals on history.deal_id = deals.deal_id
    where history.deleted_at is null and history.changed_by is not null
    union all
    select
        'delivery' as owner_team, 'project' as member_type, history.project_id as member_key, history.source_system,
        'psa_projects' as source_object, projects.source_id, projects.record_url, history.field, history.old_value,
        history.new_value, history.changed_by, history.changed_at
    from {{ ref('psa_project_history') }} as history
    inner join {{ ref('psa_projects') }} as projects on history.project_id = projects.project_id
    where history.deleted_at is null and history.changed_by is not null
)

select
    'edited_by_other_team' as rule, members.engagement_id, cast(null as varchar) as client_id, edits.source_system,
    edits.source_object, edits.source_id, edits.record_url, edits.field, edits.old_value as value_before,
    edits.new_value as value_after, edits.changed_by || ' (' || teams."team" || ')' as changed_by,
    cast(null as decimal(18, 4)) as native_amount, cast(null as varchar) as currency,
    {{ business_date('edits.changed_at') }} as happened_on, edits.changed_at, cast(null as date) as resolved_on
from edits
inner join {{ ref('teams') }} as teams on lower(trim(edits.changed_by)) = lower(trim(teams."user"))
left join {{ ref('int_engagement_members') }} as members on edits.member_type = members.member_type and edits.member_key = members.member_key
where lower(teams."team") <> edits.owner_team
union all
select
    'edited_by_other_team' as rule, postings.engagement_id, cast(null as varchar) as client_id, postings.source_system,
    'accounting_revenue_postings' as source_object, postings.source_id, postings.record_url, 'amount' as field,
    cast(null as varchar) as value_before, cast(postings.native_amount as varchar) as value_after,
    postings.posted_by || ' (' || teams."team" || ')' as changed_by, postings.native_amount, postings.currency,
    postings.posted_on as happened_on, cast(null as timestamptz) as changed_at, cast(null as date) as resolved_on
from {{ ref('int_postings') }} as postings
inner join {{ ref('teams') }} as teams on lower(trim(postings.posted_by)) = lower(trim(teams."user"))
where lower(teams."team") <> 'finance'
