{# The business day of an instant, in the firm's time zone. #}
{% macro business_date(instant) -%}
    cast(timezone('{{ var("business_time_zone") }}', {{ instant }}) as date)
{%- endmacro %}

{# The last instant of a business day. #}
{% macro end_of_day(day) -%}
    (timezone('{{ var("business_time_zone") }}', cast({{ day }} as timestamp) + interval 1 day) - interval 1 microsecond)
{%- endmacro %}

{# A day after every other: where something has not ended. #}
{% macro forever() -%}
    date '9999-12-31'
{%- endmacro %}

{# Unites ranges of days [effective_from, effective_to) of equal keys that touch or overlap. relation: a name; keys: columns.
   is_exact: ranges that overlap are two things, not one seen twice; only where one ends as the next begins are they one. #}
{% macro merged_ranges(relation, keys, is_exact=false) %}
    select {{ keys | join(', ') }}, min(effective_from) as effective_from, max(effective_to) as effective_to
    from (
        select
            *, sum(is_start) over (partition by {{ keys | join(', ') }} order by effective_from, effective_to, row_number) as island
        from (
            select
                *,
                {%- if is_exact %}
                case when effective_from = lag(effective_to) over (
                    partition by {{ keys | join(', ') }} order by effective_from, effective_to, row_number
                ) then 0 else 1 end as is_start
                {%- else %}
                case when effective_from <= max(effective_to) over (
                    partition by {{ keys | join(', ') }} order by effective_from, effective_to, row_number
                    rows between unbounded preceding and 1 preceding
                ) then 0 else 1 end as is_start
                {%- endif %}
            from (
                select *, row_number() over () as row_number from {{ relation }} where effective_from < effective_to
            )
        )
    )
    group by {{ keys | join(', ') }}, island
{% endmacro %}

{# Opening balances per month out of dated deltas: for every month from the first delta's to the one after the last.
   values: column -> type. #}
{% macro month_openings(relation, keys, values) %}
with changes as (
    select
        {{ keys | join(', ') }}, cast(date_trunc('month', day) + interval 1 month as date) as month
        {%- for name in values %}, sum({{ name }}) as {{ name }}{% endfor %}
    from {{ ref(relation) }} group by all
),

balances as (
    select
        {{ keys | join(', ') }}, month,
        coalesce(
            lead(month) over (partition by {{ keys | join(', ') }} order by month),
            (select max(month) + interval 1 month from changes)
        ) as next_month
        {%- for name in values %}, sum({{ name }}) over (partition by {{ keys | join(', ') }} order by month) as {{ name }}{% endfor %}
    from changes
),

months as (
    select cast(unnest(generate_series(
        (select min(month) from changes), (select max(month) from changes), interval 1 month
    )) as date) as month
)

select
    months.month, {% for key in keys %}balances.{{ key }}, {% endfor %}
    {%- for name, type in values.items() %} cast(balances.{{ name }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}{% endfor %}
from balances
inner join months on months.month >= balances.month and months.month < balances.next_month
where {% for name in values %}balances.{{ name }} <> 0{{ ' or ' if not loop.last }}{% endfor %}
order by months.month, balances.engagement_id
{% endmacro %}
