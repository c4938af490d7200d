-- What was won, and whether delivery knows enough to start. One row per won deal that is not a change order.
select
    handovers.deal_id, handovers.deal_name, handovers.engagement_id, handovers.client_id, handovers.owner_name as deal_owner,
    handovers.source_system, handovers.source_id, handovers.record_url, handovers.currency as native_currency,
    nullif(concat_ws(', ',
        case when handovers.lacks_contract_type then 'contract type' end,
        case when handovers.lacks_legal_entity then 'legal entity' end,
        case when handovers.lacks_tax_registration then 'tax registration' end,
        case when handovers.lacks_payment_terms then 'payment terms' end,
        case when handovers.lacks_rate_card then 'rate card' end,
        case when handovers.lacks_signature then 'signature' end,
        case when handovers.lacks_project_template then 'project template' end
    ), '') as missing_fields,
    cast(handovers.native_amount as decimal(18, 4)) as deal_native_amount,
    handovers.handed_over_on is not null as is_handed_over,
    not (handovers.lacks_contract_type or handovers.lacks_legal_entity or handovers.lacks_tax_registration
        or handovers.lacks_payment_terms or handovers.lacks_rate_card or handovers.lacks_signature
        or handovers.lacks_project_template) as is_ready,
    handovers.won_date, handovers.handed_over_on
from {{ ref('int_handovers') }} as handovers
