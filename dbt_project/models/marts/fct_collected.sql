-- Money received less money returned, spread over the lines of its invoice; and what was given up or withheld. One row per
-- payment and invoice line.
select
    engagement_id, payment_id, kind as payment_kind, invoice_id, line_key, revenue_type, source_system, source_id, record_url,
    currency as native_currency,
    cast(case kind when 'payment' then amount when 'refund' then -amount else 0 end as decimal(18, 2)) as collected_amount,
    cast(case kind when 'bad_debt' then amount else 0 end as decimal(18, 2)) as bad_debt_amount,
    cast(case kind when 'withholding' then amount else 0 end as decimal(18, 2)) as withheld_amount,
    is_missing_fx_rate, paid_on as metric_date
from {{ ref('int_payment_parts') }}
