-- All bridges' items: touching runs of one record under one driver with one amount made one, and how long each is expected.
-- One row per record, part, driver, amount and run of days. expected_until counts from the first day of the unbroken run
-- under the driver, whatever the amount did meanwhile.
with items as (
    {%- for model in ['int_items_sold_to_planned', 'int_items_plan_not_billed', 'int_items_work', 'int_items_invoice_lines',
        'int_items_billed_to_recognized', 'int_items_billed_to_collected'] %}
    select
        bridge, driver, engagement_id, source_system, source_object, source_id, part, record_url, revenue_type, reason,
        currency, native_amount, amount, is_inferred, effective_from, effective_to
    from {{ ref(model) }}
    where effective_from < effective_to and (amount <> 0 or driver = 'missing_fx_rate')
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

{% set record = ['bridge', 'driver', 'engagement_id', 'source_system', 'source_object', 'source_id', 'part'] -%}
{% set whole = record + ['record_url', 'revenue_type', 'reason', 'currency', 'native_amount', 'amount', 'is_inferred'] -%}
united as (
    {{ merged_ranges('items', whole, is_exact=true) }}
),

timed as (
    select items.*
    from items
    inner join {{ ref('variance_drivers') }} as drivers on items.bridge = drivers.bridge and items.driver = drivers.driver
    where drivers.sla_days is not null
),

runs as (
    {{ merged_ranges('timed', record) }}
)

select
    united.*,
    cast(runs.effective_from + drivers.sla_days as date) as expected_until
from united
inner join {{ ref('variance_drivers') }} as drivers on united.bridge = drivers.bridge and united.driver = drivers.driver
left join runs
    on united.effective_from >= runs.effective_from and united.effective_from < runs.effective_to
    {%- for column in record %} and united.{{ column }} = runs.{{ column }}{% endfor %}
