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

{# Amounts spread over the rows of a group by weight: each row's share rounded to cents, and the largest weight (then the
   lowest key) takes what rounding leaves over, so that the shares add up exactly. A group without weight falls to its
   largest row whole.
   relation: a name; wholes: column -> decimals it has, the amount to spread (the same on all rows of a group), which the
   result replaces by the share; weight: a column of up to 4 decimals; key, group: lists of columns. #}
{% macro spread(relation, wholes, weight, key, group) %}
    select
        * exclude (group_weight, size_order {%- for whole in wholes %}, {{ whole }}, rounded_{{ whole }}{% endfor %})
        {%- for whole in wholes %},
        cast(case when size_order = 1
            then {{ whole }} - sum(rounded_{{ whole }}) over (partition by {{ group | join(', ') }}) + rounded_{{ whole }}
            else rounded_{{ whole }} end as decimal(18, 2)) as {{ whole }}
        {%- endfor %}
    from (
        select
            *
            {%- for whole, digits in wholes.items() %},
            case when group_weight = 0 then 0 else {{ cents(
                scaled(whole, digits) ~ ' * ' ~ scaled(weight, 4) ~ ' * cast(sign(group_weight) as hugeint)',
                scaled('abs(group_weight)', 4), digits
            ) }} end as rounded_{{ whole }}
            {%- endfor %}
        from (
            select
                *,
                sum({{ weight }}) over (partition by {{ group | join(', ') }}) as group_weight,
                row_number() over (
                    partition by {{ group | join(', ') }} order by {{ weight }} desc, {{ key | join(', ') }}
                ) as size_order
            from {{ relation }}
        )
    )
{% endmacro %}
