-- What was sold: each won deal as it stood when won, line by line where its lines add up to that value, and approved
-- corrections. One row per deal, winning and line. rc = at the won day's rate, cc = at the engagement's reference rate.
with lines as (
    select
        deal_lines.deal_id, deal_lines.deal_line_id, deal_lines.family, deal_lines.amount, deal_lines.role, deal_lines.hours
    from {{ ref('crm_deal_lines') }} as deal_lines
    inner join {{ ref('crm_deals') }} as deals on deal_lines.deal_id = deals.deal_id
    where deal_lines.deleted_at is null or deal_lines.deleted_at >= deals.deleted_at
),

line_totals as (
    select deal_id, sum(amount) as amount from lines group by deal_id
),

rows_sold as (
    select
        wins.deal_id, wins.winning, wins.won_date, wins.lost_date, wins.currency, wins.change_order_number,
        lines.deal_line_id, lines.role, lines.hours, coalesce(lines.family, 'service') as revenue_type,
        coalesce(lines.amount, wins.value_native_amount) as native_amount,
        cast(null as varchar) as reason, coalesce(lines.deal_line_id, '') as row_key, wins.won_date as effective_from
    from {{ ref('int_deal_wins') }} as wins
    left join line_totals on wins.deal_id = line_totals.deal_id and wins.value_native_amount = line_totals.amount
    left join lines on line_totals.deal_id = lines.deal_id
    union all
    -- a correction counts in the winning that its date falls in, or in the next
    select
        wins.deal_id, wins.winning, wins.won_date, wins.lost_date, wins.currency, wins.change_order_number,
        cast(null as varchar) as deal_line_id, cast(null as varchar) as role, cast(null as decimal(18, 6)) as hours,
        'service' as revenue_type, corrections.amount as native_amount, corrections.reason,
        'correction ' || cast(corrections.correction as varchar) as row_key,
        greatest(wins.won_date, corrections.corrected_on) as effective_from
    from {{ ref('int_sold_corrections') }} as corrections
    inner join {{ ref('int_deal_wins') }} as wins
        on corrections.deal_id = wins.deal_id and corrections.corrected_on < wins.lost_date
    qualify row_number() over (partition by corrections.correction order by wins.won_date) = 1
),

valued as (
    select
        members.engagement_id, rows_sold.*, own.rate as own_rate, coalesce(refs.rate, own.rate) as reference_rate
    from rows_sold
    inner join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'deal' and rows_sold.deal_id = members.member_key
    left join {{ ref('int_fx_rates') }} as own
        on rows_sold.currency = own.currency and rows_sold.won_date >= own.valid_from and rows_sold.won_date < own.valid_to
    left join {{ ref('int_reference_rates') }} as refs
        on members.engagement_id = refs.engagement_id and rows_sold.currency = refs.currency
)

select
    engagement_id, deal_id, winning, row_key, deal_line_id, change_order_number, currency, role, revenue_type, reason,
    hours, native_amount, own_rate, reference_rate,
    case when own_rate is null then 0 else {{ converted('native_amount', 'own_rate') }} end as amount,
    case when own_rate is null then 0 else {{ converted('native_amount', 'reference_rate') }} end as cc_amount,
    change_order_number is not null as is_change_order,
    own_rate is null as is_missing_fx_rate,
    won_date, effective_from, lost_date as effective_to
from valued
