-- What an hour of each role was sold for: over every original deal ever won whose lines are used. One row per engagement
-- and role. It does not change with the day asked about. cc_value is the exact amount at cc, in 10^-14.
with lines as (
    select distinct engagement_id, deal_line_id, role, revenue_type, hours, native_amount, reference_rate, is_missing_fx_rate
    from {{ ref('int_sold') }}
    where not is_change_order and deal_line_id is not null
)

select
    engagement_id,
    role,
    coalesce(sum(hours) filter (where hours > 0 and not is_missing_fx_rate), 0) as sold_hours,
    coalesce(
        sum({{ scaled('native_amount', 4) }} * {{ scaled('reference_rate', 10) }})
            filter (where hours > 0 and not is_missing_fx_rate), 0
    ) as cc_value
from lines
where role is not null and revenue_type = 'service'
group by engagement_id, role
