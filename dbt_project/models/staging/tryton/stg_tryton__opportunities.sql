-- Tryton's opportunities with codes and names in place of ids. A lead that names no party yet is nobody's deal.
select
    opportunity.source_system, opportunity.id as opportunity_id, opportunity.party as party_id,
    coalesce(opportunity.description, opportunity.number) as name, opportunity.state,
    cast(opportunity.amount as decimal(18, 4)) as amount, opportunity.end_date, currency.code as currency,
    cast(opportunity.conversion_probability as decimal(9, 6)) as probability, employee.name as owner_name,
    company.name as legal_entity, opportunity.create_date as created_at,
    coalesce(opportunity.write_date, opportunity.create_date) as updated_at, opportunity.load_id,
    opportunity.first_seen_at, opportunity.deleted_at
from {{ tryton('sale_opportunity') }} as opportunity
left join {{ tryton('currency_currency') }} as currency
    on opportunity.source_system = currency.source_system and opportunity.currency = currency.id
left join {{ ref('stg_tryton__companies') }} as company
    on opportunity.source_system = company.source_system and opportunity.company = company.company_id
left join {{ ref('stg_tryton__employees') }} as employee
    on opportunity.source_system = employee.source_system and opportunity.employee = employee.employee_id
where opportunity.party is not null
