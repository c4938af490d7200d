-- One row per employee, with the name that stands on the party.
select
    employee.source_system, employee.id as employee_id, employee.party as party_id, employee.company as company_id,
    party.name, employee.start_date, employee.end_date, employee.load_id, employee.first_seen_at, employee.deleted_at
from {{ tryton('company_employee') }} as employee
left join {{ tryton('party_party') }} as party
    on employee.source_system = party.source_system and employee.party = party.id
