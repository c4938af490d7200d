-- Money is never outside of every engagement.
{% for fact in ['fct_sold', 'fct_planned', 'fct_billed', 'fct_recognized', 'fct_collected'] -%}
select '{{ fact }}' as fact, facts.engagement_id, count(*) as facts
from {{ ref(fact) }} as facts
left join {{ ref('dim_engagements') }} as engagements on facts.engagement_id = engagements.engagement_id
where engagements.engagement_id is null
group by facts.engagement_id
{{ 'union all' if not loop.last }}
{% endfor %}
