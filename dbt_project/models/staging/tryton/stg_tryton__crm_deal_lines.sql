-- One row per line of the sales made from an opportunity. What is sold by the hour names its product as the role.
select
    sale_line_id as deal_line_id, deal_id,
    case when product_type = 'goods' then 'pass_through' else 'service' end as family,
    {{ tryton_cents('exact_amount') }} as amount, case when is_in_hours then product_name end as role,
    case when is_in_hours then cast(quantity as decimal(18, 6)) end as hours,
    case when is_in_hours then cast(unit_price as decimal(18, 6)) end as rate, source_system,
    sale_line_id as source_id, load_id, first_seen_at, deleted_at,
    {{ tryton_url('sale.line', 'sale_line_id') }} as record_url
from {{ ref('stg_tryton__sale_lines') }}
where deal_id is not null
