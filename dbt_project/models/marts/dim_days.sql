-- The calendar: every day with the week, month and fiscal periods it belongs to. One row per day from 1990 to 2059.
with days as (
    select cast(unnest(generate_series(date '1990-01-01', date '2059-12-31', interval 1 day)) as date) as day
),

fiscal as (
    select day, cast(day - to_months({{ var('fiscal_year_start_month') }} - 1) as date) as fiscal_day from days
)

select
    day,
    cast({{ dbt.date_trunc('week', 'day') }} as date) as week_start,
    cast({{ dbt.date_trunc('month', 'day') }} as date) as month_start,
    cast({{ dbt.date_trunc('quarter', 'fiscal_day') }} + to_months({{ var('fiscal_year_start_month') }} - 1) as date)
        as fiscal_quarter_start,
    cast({{ dbt.date_trunc('year', 'fiscal_day') }} + to_months({{ var('fiscal_year_start_month') }} - 1) as date)
        as fiscal_year_start,
    isodow(day) <= 5 as is_working_day
from fiscal
