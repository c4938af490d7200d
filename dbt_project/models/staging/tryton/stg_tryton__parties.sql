-- One row per party but employees. Tryton keeps one address book: a party is account, client and customer at once.
with tax_ids as (
    -- the types of tax identifiers begin with a country (`us_ein`, `eu_vat`)
    select source_system, party, code from {{ tryton('party_identifier') }}
    where deleted_at is null and regexp_matches(type, '^[a-z]{2}_')
    qualify row_number() over (partition by source_system, party order by cast(id as bigint)) = 1
),

contacts as (
    select
        source_system, party,
        arg_min(value, cast(id as bigint)) filter (type = 'email') as email,
        arg_min(value, cast(id as bigint)) filter (type = 'website') as website
    from {{ tryton('party_contact_mechanism') }} where deleted_at is null group by source_system, party
),

companies as (
    select distinct source_system, party_id from {{ ref('stg_tryton__companies') }}
),

employees as (
    select distinct source_system, party_id from {{ ref('stg_tryton__employees') }}
)

select
    party.source_system, party.id as party_id, party.name, tax_ids.code as tax_id, contacts.email, contacts.website,
    companies.party_id is not null as is_own_company, party.create_date as created_at,
    coalesce(party.write_date, party.create_date) as updated_at, party.load_id, party.first_seen_at, party.deleted_at
from {{ tryton('party_party') }} as party
left join tax_ids on party.source_system = tax_ids.source_system and party.id = tax_ids.party
left join contacts on party.source_system = contacts.source_system and party.id = contacts.party
left join companies on party.source_system = companies.source_system and party.id = companies.party_id
left join employees on party.source_system = employees.source_system and party.id = employees.party_id
where employees.party_id is null
