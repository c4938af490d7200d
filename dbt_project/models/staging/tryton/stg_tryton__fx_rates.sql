-- One row per currency and day on which it or the reporting currency moved. Tryton tells units of a currency for one of
-- the base's; here it is the reporting currency for one unit.
with rates as (
    select
        rate.source_system, currency.code as currency, rate.date as rate_date, rate.rate, rate.load_id,
        rate.first_seen_at
    from {{ tryton('currency_currency_rate') }} as rate
    join {{ tryton('currency_currency') }} as currency
        on rate.source_system = currency.source_system and rate.currency = currency.id
    where rate.deleted_at is null and rate.rate > 0
),

days as (
    select distinct own.source_system, own.currency, moved.rate_date
    from rates as own
    join rates as moved
        on own.source_system = moved.source_system
            and moved.currency in (own.currency, '{{ var("reporting_currency") }}')
    where own.currency <> '{{ var("reporting_currency") }}'
),

quoted as (
    select
        days.source_system, days.currency, days.rate_date, own.rate, reporting.rate as reporting_rate,
        greatest(own.load_id, reporting.load_id) as load_id,
        greatest(own.first_seen_at, reporting.first_seen_at) as first_seen_at
    from days
    asof join rates as own
        on days.source_system = own.source_system and days.currency = own.currency and days.rate_date >= own.rate_date
    asof join (select * from rates where currency = '{{ var("reporting_currency") }}') as reporting
        on days.source_system = reporting.source_system and days.rate_date >= reporting.rate_date
)

select
    currency, rate_date, cast(cast(reporting_rate as double) / cast(rate as double) as decimal(20, 10)) as rate,
    source_system, currency || '|' || cast(rate_date as varchar) as source_id, load_id, first_seen_at,
    cast(null as timestamptz) as deleted_at, cast(null as varchar) as record_url
from quoted
