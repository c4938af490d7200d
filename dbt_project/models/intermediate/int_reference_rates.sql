-- Each engagement's reference rate of each currency. No row where the reference day has no rate.
select refs.engagement_id, rates.currency, rates.rate
from {{ ref('int_engagement_references') }} as refs
inner join {{ ref('int_fx_rates') }} as rates
    on refs.reference_date >= rates.valid_from and refs.reference_date < rates.valid_to
