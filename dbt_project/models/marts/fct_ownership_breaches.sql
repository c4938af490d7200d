-- Where a number was changed by someone who does not own it, or a record does not say what it must. One row per breach.
with breaches as (
    select
        md5(concat_ws('|', rule, source_system, source_object, source_id, coalesce(field, ''), coalesce(cast(changed_at as varchar), ''),
            coalesce(value_after, ''))) as breach_id, *
    from {{ ref('int_breaches') }}
)

select
    breaches.breach_id, breaches.rule, rules.label, rules.severity, breaches.engagement_id,
    coalesce(breaches.client_id, engagements.client_id) as client_id, breaches.source_system, breaches.source_object,
    breaches.source_id, breaches.record_url, breaches.field, breaches.value_before, breaches.value_after, breaches.changed_by,
    rules.owner_role, rules.where_to_fix, rules.why_it_matters, breaches.native_amount, breaches.currency as native_currency,
    cast({{ converted('breaches.native_amount', 'rates.rate') }} as decimal(18, 2)) as amount,
    breaches.happened_on, breaches.resolved_on, breaches.changed_at
from breaches
left join {{ ref('breach_rules') }} as rules on breaches.rule = rules.rule
left join {{ ref('dim_engagements') }} as engagements on breaches.engagement_id = engagements.engagement_id
left join {{ ref('int_fx_rates') }} as rates
    on breaches.currency = rates.currency
    and breaches.happened_on >= rates.valid_from and breaches.happened_on < rates.valid_to
