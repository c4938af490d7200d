-- How long until a payment is seen by the PSA or the CRM: as the integrations' log tells, else until the first load that brought
-- it. One row per payment; what stood there at the first load of its ledger is left out, for nobody knows.
with seen as (
    select source_system_name, source_id as given, min(finished_at) as seen_at
    from {{ ref('sync_events') }}
    where workflow = 'payment_feedback' and status = 'succeeded' and finished_at is not null
    group by source_system_name, source_id
),

payments as (
    select
        payments.payment_id, counted.client_id, payments.source_system, payments.source_id, payments.record_url, payments.paid_on,
        coalesce(named.seen_at, bare.seen_at) as logged_at,
        case when payments.first_seen_at > min(payments.first_seen_at) over (partition by payments.source_system)
            then payments.first_seen_at end as loaded_at
    from {{ ref('accounting_payments') }} as payments
    left join {{ ref('int_payments') }} as counted on payments.payment_id = counted.payment_id
    left join seen as named on payments.payment_id = named.given
    left join seen as bare on payments.source_system = bare.source_system_name and payments.source_id = bare.given
    -- those that count; the others only tell when their ledger was first loaded
    qualify counted.kind = 'payment'
)

select
    payments.payment_id, payments.client_id, payments.source_system, payments.source_id, payments.record_url,
    cast(greatest({{ business_date('coalesce(payments.logged_at, payments.loaded_at)') }} - payments.paid_on, 0) as integer)
        as days_until_seen,
    coalesce(payments.logged_at, payments.loaded_at) <= {{ end_of_day('payments.paid_on') }}
        + to_minutes(slas.target_minutes) as is_within_sla,
    payments.logged_at is not null as is_from_log,
    payments.paid_on, {{ business_date('coalesce(payments.logged_at, payments.loaded_at)') }} as metric_date
from payments
left join {{ ref('workflow_slas') }} as slas on slas.workflow = 'payment_feedback'
where coalesce(payments.logged_at, payments.loaded_at) is not null
