-- A correction of what was sold counts only where somebody approved it.
select sold.deal_id, sold.sold_native_amount, sold.correction_reason, sold.metric_date
from {{ ref('fct_sold') }} as sold
where sold.deal_line_id = '' and sold.correction_reason is not null and sold.direction = 1 and not exists (
    select 1 from {{ ref('sold_corrections') }} as corrections
    where corrections.approved_by is not null and corrections.amount = sold.sold_native_amount
        and sold.deal_id in (corrections.deal, sold.source_system || ':' || corrections.deal)
        and corrections.reason is not distinct from sold.correction_reason
)
