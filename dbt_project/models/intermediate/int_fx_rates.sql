-- What one unit of a currency is worth in the reporting currency, day ranges. Where two systems tell the same day,
-- the one named first in tieout.toml counts: a duplicated rate must never double a row.
with told as (
    select fx_rates.currency, fx_rates.rate_date, fx_rates.rate
    from {{ ref('fx_rates') }} as fx_rates
    inner join {{ ref('int_systems') }} as systems on fx_rates.source_system = systems.system_name
    where fx_rates.deleted_at is null and fx_rates.currency <> '{{ var("reporting_currency") }}'
    qualify row_number() over (
        partition by fx_rates.currency, fx_rates.rate_date order by systems.precedence
    ) = 1
)

select
    currency,
    rate,
    rate_date as valid_from,
    coalesce(lead(rate_date) over (partition by currency order by rate_date), {{ forever() }}) as valid_to
from told
union all
select
    '{{ var("reporting_currency") }}' as currency,
    cast(1 as decimal(20, 10)) as rate,
    date '0001-01-01' as valid_from,
    {{ forever() }} as valid_to
