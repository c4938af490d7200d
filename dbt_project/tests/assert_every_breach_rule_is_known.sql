-- A rule that breach_rules.csv does not describe has no words, no owner and no severity.
select breaches.rule, count(*) as breaches
from {{ ref('int_breaches') }} as breaches
left join {{ ref('breach_rules') }} as rules on breaches.rule = rules.rule
where rules.rule is null
group by breaches.rule
