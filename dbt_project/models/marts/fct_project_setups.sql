-- How long from a win to the first project. One row per engagement that has both.
with wins as (
    select members.engagement_id, min(wins.won_date) as won_on
    from {{ ref('int_deal_wins') }} as wins
    inner join {{ ref('int_engagement_members') }} as members
        on members.member_type = 'deal' and wins.deal_id = members.member_key
    where wins.change_order_number is null
    group by members.engagement_id
),

projects as (
    select engagement_id, min({{ business_date('created_at') }}) as created_on
    from {{ ref('int_engagement_members') }}
    where member_type = 'project'
    group by engagement_id
)

select
    wins.engagement_id,
    cast(greatest(projects.created_on - wins.won_on, 0) as integer) as days_to_set_up,
    projects.created_on - wins.won_on <= drivers.sla_days as is_within_sla,
    wins.won_on, greatest(projects.created_on, wins.won_on) as metric_date
from wins
inner join projects on wins.engagement_id = projects.engagement_id
left join {{ ref('variance_drivers') }} as drivers
    on drivers.bridge = 'sold_to_planned' and drivers.driver = 'not_handed_over'
