-- One row per line of a sale that stands: what was quoted, and the opportunity it was quoted for.
select
    line.source_system, line.id as sale_line_id, sale.id as sale_id, sale.party as party_id,
    {{ tryton_reference('sale.origin', 'sale.opportunity') }} as deal_id, product.name as product_name,
    product.product_type, line.quantity, line.unit_price, hour.db_id is not null as is_in_hours,
    {{ scaled('line.quantity', 6) }} * {{ scaled('line.unit_price', 6) }} as exact_amount, line.load_id,
    line.first_seen_at, coalesce(line.deleted_at, sale.deleted_at) as deleted_at
from {{ tryton('sale_line') }} as line
join {{ tryton('sale_sale') }} as sale on line.source_system = sale.source_system and line.sale = sale.id
left join {{ ref('stg_tryton__products') }} as product
    on line.source_system = product.source_system and line.product = product.product_id
left join {{ tryton('ir_model_data') }} as hour
    on line.source_system = hour.source_system and line.unit = hour.db_id and hour.fs_id = 'uom_hour'
where line.type = 'line' and sale.state <> 'cancelled'
