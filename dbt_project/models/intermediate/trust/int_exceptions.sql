-- Everything that needs, or needed, action. One row per exception; its id is the same from build to build.
with variance as (
    select
        'variance' as kind, runs.bridge || '.' || runs.driver as subject,
        concat_ws('|', runs.bridge, runs.driver, runs.engagement_id, cast(runs.has_reason as varchar),
            cast(runs.is_overdue as varchar), cast(runs.open_from as varchar)) as natural_key,
        drivers.sentence || case when runs.is_overdue then ' It should be settled by now.' else '' end as title,
        -- what waits too long is tolerated by no rule, however little it is: it waits at the end of the queue
        case when runs.class = 'missing_data' then 'medium' when abs(runs.amount) <= coalesce(drivers.tolerance_amount, 1) then 'low'
            else 'high' end as severity,
        runs.engagement_id,
        cast(null as varchar) as client_id, runs.amount, drivers.owner_role,
        nullif(concat_ws(': ',
            case drivers.fix_system when 'crm' then 'CRM' when 'psa' then 'PSA' when 'accounting' then 'Accounting' end,
            nullif(concat_ws(', ', drivers.fix_object, drivers.fix_field), '')), '') as where_to_fix,
        evidence.source_system, evidence.source_object, evidence.source_id, evidence.record_url,
        runs.open_from as first_seen_on, runs.open_to as resolved_on
    from {{ ref('int_exceptions_variance') }} as runs
    inner join {{ ref('variance_drivers') }} as drivers on runs.bridge = drivers.bridge and runs.driver = drivers.driver
    left join {{ ref('int_exceptions_evidence') }} as evidence
        on case when runs.open_to is null then runs.engagement_id end = evidence.engagement_id
        and runs.bridge = evidence.bridge and runs.driver = evidence.driver and runs.has_reason = evidence.has_reason
        and runs.is_overdue = evidence.is_overdue
),

breaches as (
    select
        'breach' as kind, rule as subject, breach_id as natural_key,
        label || coalesce(': ' || nullif(concat_ws(' ', field,
            case when value_before is not null or value_after is not null
                -- a value that nobody changed stands for itself
                then case when value_before is null and changed_at is null then value_after
                    else coalesce(value_before, '(empty)') || ' -> ' || coalesce(value_after, '(empty)') end end), ''), '') || '.' as title,
        severity, engagement_id, client_id, amount, owner_role, where_to_fix, source_system, source_object, source_id,
        record_url, happened_on as first_seen_on, resolved_on
    from {{ ref('fct_ownership_breaches') }}
),

-- the same invoice in two ledgers is listed as a breach already
duplicates as (
    select
        'duplicate' as kind, record_type as subject, candidate_id as natural_key,
        'This ' || record_type || ' may be there twice: ' || record_name || ' (' || source_system || ') and '
            || other_record_name || ' (' || other_source_system || '), ' || evidence || '.' as title,
        case when score >= 95 then 'medium' else 'low' end as severity, engagement_id, client_id,
        cast({{ converted('native_amount', 'rates.rate') }} as decimal(18, 2)) as amount,
        case record_type when 'client' then 'sales' when 'project' then 'delivery' else 'finance' end as owner_role,
        case record_type when 'client' then 'client_aliases.csv: say that they are one, or merge them where they are kept'
            when 'project' then 'PSA: merge the two projects' else 'Accounting: void the one too many' end as where_to_fix,
        source_system, source_object, source_id, record_url, first_seen_on, cast(null as date) as resolved_on
    from {{ ref('fct_duplicate_candidates') }} as candidates
    left join {{ ref('int_fx_rates') }} as rates
        on candidates.native_currency = rates.currency
        and candidates.first_seen_on >= rates.valid_from and candidates.first_seen_on < rates.valid_to
    where not (record_type = 'invoice' and score = 100)
),

sources as (
    select
        problems.kind, problems.source_object as subject,
        concat_ws('|', problems.kind, problems.source_system, problems.source_object, problems.source_id, problems.discriminator)
            as natural_key,
        problems.title, case problems.kind when 'failed_load' then 'high' else 'medium' end as severity,
        any_value(subjects.engagement_id) as engagement_id, any_value(subjects.client_id) as client_id,
        cast(null as decimal(18, 2)) as amount,
        coalesce(problems.owner_role, min(register.owner_role), 'integration') as owner_role, problems.where_to_fix,
        problems.source_system, problems.source_object, problems.source_id, any_value(subjects.record_url) as record_url,
        problems.first_seen_on, problems.resolved_on
    from (
        select * from {{ ref('int_exceptions_loads') }}
        union all
        select * from {{ ref('int_exceptions_syncs') }}
    ) as problems
    left join {{ ref('int_systems') }} as systems on problems.source_system = systems.system_name
    left join {{ ref('systems') }} as register
        on systems.source = register.source and problems.source_object = register.table_name
    left join {{ ref('int_systems') }} as named
        on problems.kind = 'failed_sync' and split_part(problems.source_id, ':', 1) = named.system_name
    left join {{ ref('int_sync_subjects') }} as subjects
        on case when problems.kind <> 'failed_sync' then null when named.system_name is not null then problems.source_id
            else problems.source_system || ':' || problems.source_id end = subjects.record_key
    group by
        problems.kind, problems.source_object, problems.source_system, problems.source_id, problems.discriminator,
        problems.title, problems.owner_role, problems.where_to_fix, problems.first_seen_on, problems.resolved_on
),

reviews as (
    select
        'overdue_review' as kind, canonical_table || '.' || field as subject, canonical_table || '.' || field as natural_key,
        'The ownership of ' || lower(category) || ' ' || canonical_table || '.' || field || ' was due for review on '
            || cast(due_on as varchar) || '.' as title,
        'low' as severity, cast(null as varchar) as engagement_id, cast(null as varchar) as client_id,
        cast(null as decimal(18, 2)) as amount, reviewer_role as owner_role,
        'ownership.csv: review it and set last_review' as where_to_fix, cast(null as varchar) as source_system,
        'ownership' as source_object, canonical_table || '.' || field as source_id, cast(null as varchar) as record_url,
        cast(due_on + 1 as date) as first_seen_on, cast(null as date) as resolved_on
    from {{ ref('fct_overdue_reviews') }}
),

-- once handed over, what the deal itself lacks is a breach; the rest still has to come
handovers as (
    select
        'handover_not_ready' as kind, 'handover' as subject, handovers.deal_id as natural_key,
        handovers.deal_name || ' was won and is not ready to hand over: ' || handovers.missing_fields || ' missing.' as title,
        'medium' as severity, handovers.engagement_id, handovers.client_id,
        cast({{ converted('handovers.deal_native_amount', 'rates.rate') }} as decimal(18, 2)) as amount, 'sales' as owner_role,
        'CRM: complete the deal; accounting: rate card and payment terms; PSA: project template' as where_to_fix,
        handovers.source_system, 'crm_deals' as source_object, handovers.source_id, handovers.record_url,
        handovers.won_date as first_seen_on, cast(null as date) as resolved_on
    from {{ ref('fct_handovers') }} as handovers
    inner join {{ ref('int_handovers') }} as details on handovers.deal_id = details.deal_id
    left join {{ ref('int_fx_rates') }} as rates
        on handovers.native_currency = rates.currency
        and handovers.won_date >= rates.valid_from and handovers.won_date < rates.valid_to
    where not handovers.is_ready and (
        not handovers.is_handed_over
        or details.lacks_payment_terms or details.lacks_rate_card or details.lacks_project_template
    )
),

ledger_ties as (
    select
        'ledger_tie' as kind, ties.account_code as subject,
        concat_ws('|', ties.ledger, ties.legal_entity, ties.account_code, cast(ties.month_end as varchar), ties.ledger_currency)
            as natural_key,
        ties.legal_entity || ' account ' || ties.account_code || ' in ' || strftime(ties.month_end, '%Y-%m') || ': the ledger has '
            || cast(abs(ties.unexplained_amount) as varchar) || ' ' || ties.ledger_currency
            || case when ties.unexplained_amount > 0 then ' more' else ' less' end || ' than was '
            || case ties.compared_with when 'billed' then 'billed' else 'recognised' end || '.' as title,
        'high' as severity, cast(null as varchar) as engagement_id, cast(null as varchar) as client_id,
        cast({{ converted('ties.unexplained_amount', 'rates.rate') }} as decimal(18, 2)) as amount, 'finance' as owner_role,
        'Accounting: ' || ties.possible_records as where_to_fix, ties.ledger as source_system,
        'accounting_trial_balance' as source_object,
        concat_ws('|', ties.legal_entity, ties.account_code, cast(ties.month_end as varchar)) as source_id,
        cast(null as varchar) as record_url, ties.month_end as first_seen_on, cast(null as date) as resolved_on
    from {{ ref('fct_ledger_ties') }} as ties
    left join {{ ref('int_fx_rates') }} as rates
        on ties.ledger_currency = rates.currency and ties.month_end >= rates.valid_from and ties.month_end < rates.valid_to
    where not ties.is_tied
)

select * from variance
union all
select * from breaches
union all
select * from duplicates
union all
select * from sources
union all
select * from reviews
union all
select * from handovers
union all
select * from ledger_ties
