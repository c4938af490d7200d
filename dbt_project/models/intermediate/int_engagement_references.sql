-- The day whose rates make an engagement's amounts comparable (cc): its earliest winning; without one, the day its
-- earliest project was created. One row per engagement.
select
    members.engagement_id,
    coalesce(
        min(wins.won_date),
        min({{ business_date('members.created_at') }}) filter (where members.member_type = 'project')
    ) as reference_date
from {{ ref('int_engagement_members') }} as members
left join {{ ref('int_deal_wins') }} as wins
    on case when members.member_type = 'deal' then members.member_key end = wins.deal_id
group by members.engagement_id
