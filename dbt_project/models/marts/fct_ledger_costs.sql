-- Costs that the ledgers book on projects: subcontractors, travel. One row per posting.
select
    members.engagement_id, postings.posting_id, projects.project_id, 'service' as revenue_type,
    coalesce(postings.account_code, '(none)') as account_code, postings.description, postings.source_system, postings.source_id,
    postings.record_url, postings.currency as native_currency, cast(postings.amount as decimal(18, 4)) as native_amount,
    coalesce({{ converted('postings.amount', 'rates.rate') }}, 0) as subcontractor_cost_amount,
    rates.rate is null as is_missing_fx_rate, postings.posted_on as metric_date
from {{ ref('accounting_cost_postings') }} as postings
left join {{ ref('int_project_references') }} as projects
    on postings.source_system = projects.source_system and postings.project_id = projects.given
left join {{ ref('int_engagement_members') }} as members
    on members.member_type = 'project' and projects.project_id = members.member_key
left join {{ ref('int_fx_rates') }} as rates
    on postings.currency = rates.currency and postings.posted_on >= rates.valid_from and postings.posted_on < rates.valid_to
where postings.deleted_at is null
