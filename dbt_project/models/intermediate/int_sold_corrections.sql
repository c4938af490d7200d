-- Approved corrections of mistakes at closing. One row per line of sold_corrections.csv; a deal may be named by its
-- full key (`<system>:<id>`) or by its bare id.
select
    row_number() over (order by corrections.deal, corrections.date, corrections.amount) as correction,
    deals.deal_id,
    corrections.amount,
    corrections.reason,
    corrections.date as corrected_on
from {{ ref('sold_corrections') }} as corrections
inner join {{ ref('crm_deals') }} as deals
    on corrections.deal = deals.deal_id
    or (corrections.deal = deals.source_id and not exists (
        select 1 from {{ ref('crm_deals') }} as others
        where others.source_id = corrections.deal and others.deal_id <> deals.deal_id
    ))
where corrections.approved_by is not null
