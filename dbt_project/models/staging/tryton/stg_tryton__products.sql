-- One row per product: its name, whether it is a service, and whether it is sold by time.
select
    product.source_system, product.id as product_id, template.name, template.type as product_type,
    time_units.db_id is not null as is_by_time
from {{ tryton('product_product') }} as product
left join {{ tryton('product_template') }} as template
    on product.source_system = template.source_system and product.template = template.id
left join {{ tryton('product_uom') }} as unit
    on template.source_system = unit.source_system and template.default_uom = unit.id
left join {{ tryton('ir_model_data') }} as time_units
    on unit.source_system = time_units.source_system and unit.category = time_units.db_id
        and time_units.fs_id = 'uom_cat_time'
