-- Revenue the ledgers recognised. One row per posting.
select
    engagement_id, posting_id, project_id, source as posting_source, revenue_type, legal_entity as booking_legal_entity,
    account_code, posted_by, source_system, source_id, record_url, currency as native_currency,
    cast(native_amount as decimal(18, 4)) as recognized_native_amount, cast(amount as decimal(18, 2)) as recognized_amount,
    is_missing_fx_rate, posted_on as metric_date
from {{ ref('int_postings') }}
