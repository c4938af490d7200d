{# Money, exactly. DuckDB's `/` on decimals is a DOUBLE, and products of narrow decimals overflow: these two do it
   right, in whole numbers, rounded once, half away from zero. #}

{% macro scaled(expression, digits) -%}
    cast(cast({{ expression }} as decimal(38, {{ digits }})) * {{ 10 ** digits }} as hugeint)
{%- endmacro %}

{# amount x rate, rounded to cents. `amount` has up to 4 decimals, `rate` (a currency's) up to 10. #}
{% macro converted(amount, rate) -%}
    cast(round(cast({{ amount }} as decimal(38, 4)) * cast({{ rate }} as decimal(20, 10)), 2) as decimal(18, 2))
{%- endmacro %}

{# hours x hourly rate x currency rate, rounded once to cents. #}
{% macro worth(hours, rate, fx_rate) -%}
    cast(round(
        cast({{ hours }} as decimal(38, 6)) * cast({{ rate }} as decimal(18, 6)) * cast({{ fx_rate }} as decimal(20, 10)), 2
    ) as decimal(18, 2))
{%- endmacro %}

{# A fraction of whole numbers in cents: numerator / denominator, half away from zero. The numerator is in
   10^-`digits` of the denominator's unit. #}
{% macro cents(numerator, denominator, digits) -%}
    cast(
        cast(
            sign({{ numerator }})
            * ((2 * abs({{ numerator }}) + {{ denominator }} * {{ 10 ** (digits - 2) }})
                // (2 * {{ denominator }} * {{ 10 ** (digits - 2) }}))
        as decimal(38, 0)) * 0.01
    as decimal(18, 2))
{%- endmacro %}
