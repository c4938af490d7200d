-- Who owns which field. One row per category, table and field. due_on: when its review falls due.
select
    o.category, o.canonical_table, o.field, o.owner_system, o.updated_when, o.where_to_fix, o.team, o.readers,
    o.reviewer_role, o.last_review, cast(o.last_review + o.review_interval_days as date) as due_on,
    coalesce(r.overdue_days, 0) as overdue_days
from seeds.ownership as o
left join marts.fct_overdue_reviews as r
    on r.category = o.category and r.canonical_table = o.canonical_table and r.field is not distinct from o.field
order by o.category, o.canonical_table, o.field
