-- Every breach of every rule. One row per breach; amounts in their own currency.
with breaches as (
    select * from {{ ref('int_breaches_of_deals') }}
    union all
    select * from {{ ref('int_breaches_of_budgets') }}
    union all
    select * from {{ ref('int_breaches_of_copies') }}
    union all
    select * from {{ ref('int_breaches_in_turn') }}
    union all
    select * from {{ ref('int_breaches_of_editors') }}
    union all
    select * from {{ ref('int_breaches_of_tables') }}
    union all
    select * from {{ ref('int_breaches_of_order') }}
    union all
    select * from {{ ref('int_breaches_of_holds') }}
    union all
    select * from {{ ref('int_breaches_of_setup') }}
    union all
    select * from {{ ref('int_breaches_of_names') }}
    union all
    select * from {{ ref('int_breaches_of_clients') }}
    union all
    select * from {{ ref('int_breaches_of_lines') }}
    union all
    select * from {{ ref('int_breaches_of_postings') }}
    union all
    select * from {{ ref('int_breaches_of_periods') }}
    union all
    select * from {{ ref('int_breaches_of_parallel_ledgers') }}
    union all
    select * from {{ ref('int_breaches_of_rates') }}
    union all
    select * from {{ ref('int_breaches_of_references') }}
)

select
    rule, engagement_id, client_id, source_system, source_object, source_id, record_url, field, value_before, value_after,
    changed_by, native_amount, currency, happened_on, changed_at, resolved_on
from breaches
