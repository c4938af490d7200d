-- Where an analyst begins: business days, exchange rates, amounts rounded once.
-- `zone`, `reporting_currency`, `payment_terms_days`, `business_day` and `systems` (in order of precedence) are set as
-- variables before; everything else is read from schemas `canonical` and `seeds`.

create temp macro day_of(instant) as cast(timezone(getvariable('zone'), instant) as date);

create temp macro end_of(some_day) as
    timezone(getvariable('zone'), cast(some_day as timestamp) + interval 1 day) - interval 1 microsecond;

create temp macro never() as date '9999-12-31';

create temp macro place(system_name) as list_position(getvariable('systems'), system_name);

create temp macro is_yes(told) as coalesce(lower(told) in ('true', '1'), false);

-- The rate of each currency on each day, from its first rate on. Of one day's rates the first system's counts.
create temp table rates as
with known as (
    select f.currency, f.rate_date, min_by(f.rate, place(f.source_system)) as rate
    from canonical.fx_rates as f where f.deleted_at is null group by all
),

days as (
    select cast(unnest(generate_series(date '2015-01-01', date '2035-12-31', interval 1 day)) as date) as day
),

wanted as (
    select d.day, c.currency from days as d cross join (select distinct currency from known) as c
)

select w.currency as of_currency, w.day as on_date, k.rate as worth
from wanted as w asof inner join known as k on w.currency = k.currency and w.day >= k.rate_date
where w.currency <> getvariable('reporting_currency')
union all
select getvariable('reporting_currency'), d.day, cast(1 as decimal(20, 10)) from days as d;

-- (A macro's own tables have names that no query uses: else an argument `r.day` would be read as the macro's.)
create temp macro rate(code, some_day) as
    (select its_rates.worth from rates as its_rates
    where its_rates.of_currency = code and its_rates.on_date = some_day);

-- Without a rate a row counts 0.
create temp macro dollars_at(amount, its_rate) as coalesce(
    cast(round(cast(amount as decimal(38, 4)) * cast(its_rate as decimal(20, 10)), 2) as decimal(18, 2)), 0.00
);

create temp macro hours_at(hours, price, its_rate) as coalesce(cast(round(
    cast(hours as decimal(38, 6)) * cast(price as decimal(18, 6)) * cast(its_rate as decimal(20, 10)), 2
) as decimal(18, 2)), 0.00);

-- whole × weight / weights to the cent, half away from zero, in whole numbers: a DOUBLE would miss some halves.
create temp macro share_of(whole, weight, weights) as cast(
    sign(cast(whole as decimal(38, 4))) * sign(cast(weight as decimal(38, 4))) * sign(cast(weights as decimal(38, 4)))
    * cast(
        (2 * abs(cast(cast(whole as decimal(38, 4)) * 10000 as hugeint))
            * abs(cast(cast(weight as decimal(38, 4)) * 10000 as hugeint))
            + abs(cast(cast(weights as decimal(38, 4)) * 10000 as hugeint)) * 100)
        // (2 * abs(cast(cast(weights as decimal(38, 4)) * 10000 as hugeint)) * 100)
    as decimal(30, 0)) * 0.01 as decimal(18, 2)
);

-- An amount in another currency, to the cent, half away from zero.
create temp macro exchanged(amount, its_rate, other_rate) as cast(
    sign(cast(amount as decimal(38, 4))) * cast(
        (2 * abs(cast(cast(amount as decimal(38, 4)) * 10000 as hugeint))
            * cast(cast(its_rate as decimal(38, 10)) * 10000000000 as hugeint)
            + cast(cast(other_rate as decimal(38, 10)) * 10000000000 as hugeint) * 100)
        // (2 * cast(cast(other_rate as decimal(38, 10)) * 10000000000 as hugeint) * 100)
    as decimal(30, 0)) * 0.01 as decimal(18, 2)
);
