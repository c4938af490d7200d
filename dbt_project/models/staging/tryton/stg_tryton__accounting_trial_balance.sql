-- One row per company, account and month: the movement of the ledger's posted lines.
select
    legal_entity, coalesce(account_code, 'none') as account_code,
    case when is_revenue then 'revenue' when is_receivable then 'receivable' else 'other' end as account_type,
    last_day(posted_on) as month_end, cast(sum(amount) as decimal(18, 4)) as amount, currency, source_system,
    concat_ws('|', legal_entity, account_code, last_day(posted_on)) as source_id, max(load_id) as load_id,
    min(first_seen_at) as first_seen_at, cast(null as timestamptz) as deleted_at, cast(null as varchar) as record_url
from {{ ref('stg_tryton__ledger_lines') }}
where deleted_at is null
group by source_system, legal_entity, account_code, is_revenue, is_receivable, last_day(posted_on), currency
