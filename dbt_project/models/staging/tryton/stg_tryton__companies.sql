-- One row per company of Tryton: its name and its money.
select company.source_system, company.id as company_id, company.party as party_id, party.name, currency.code as currency
from {{ tryton('company_company') }} as company
left join {{ tryton('party_party') }} as party
    on company.source_system = party.source_system and company.party = party.id
left join {{ tryton('currency_currency') }} as currency
    on company.source_system = currency.source_system and company.currency = currency.id
