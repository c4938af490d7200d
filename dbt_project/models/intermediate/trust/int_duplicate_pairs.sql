-- Pairs of records that may be one. One row per pair; member is `<role>:<key>` of a client, else the key.
-- Nothing is merged: a person decides, clients in client_aliases.csv.
with pairs as (
    select * from {{ ref('int_duplicate_clients') }}
    union all
    select * from {{ ref('int_duplicate_projects') }}
    union all
    select * from {{ ref('int_duplicate_invoices') }}
)

select record_type, member, other_member, max(score) as score, string_agg(evidence, '; ' order by score desc, evidence) as evidence
from pairs group by record_type, member, other_member
