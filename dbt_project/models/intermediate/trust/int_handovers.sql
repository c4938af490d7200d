-- Won deals and what delivery needs to know of each before it starts. One row per won deal that is not a change order.
-- A field that a system never fills is one that it does not tell: nobody can be asked for it there.
with told as (
    select
        source_system, bool_or(contract_type is not null) as tells_contract_type,
        bool_or(legal_entity is not null) as tells_legal_entity, bool_or(signed_on is not null) as tells_signature,
        bool_or(payment_terms_days is not null) as tells_payment_terms
    from {{ ref('crm_deals') }} group by source_system
),

told_of_accounts as (
    select source_system, bool_or(tax_id is not null) as tells_tax_registration
    from {{ ref('crm_accounts') }} group by source_system
),

told_of_projects as (
    select source_system, bool_or(template_name is not null) as tells_template from {{ ref('psa_projects') }} group by source_system
),

projects as (
    select
        members.engagement_id, min({{ business_date('projects.created_at') }}) as handed_over_on,
        bool_or(projects.template_name is null and coalesce(told_of_projects.tells_template, false)) as lacks_template
    from {{ ref('int_engagement_members') }} as members
    inner join {{ ref('psa_projects') }} as projects
        on members.member_type = 'project' and members.member_key = projects.project_id
    left join told_of_projects on projects.source_system = told_of_projects.source_system
    where projects.deleted_at is null
    group by members.engagement_id
),

customer_terms as (
    select clients.client_id, bool_or(customers.payment_terms_days is not null) as has_payment_terms
    from {{ ref('int_client_members') }} as clients
    inner join {{ ref('accounting_customers') }} as customers
        on clients.role_order = 3 and clients.member_key = customers.customer_id
    group by clients.client_id
),

wins as (
    select deal_id, max(won_date) as won_date
    from {{ ref('int_deal_wins') }}
    where won_date <= date '{{ var("business_day") }}' and lost_date > date '{{ var("business_day") }}'
    group by deal_id
),

role_lines as (
    select distinct deal_lines.deal_id, deal_lines.role, deals.currency, wins.won_date, deals.legal_entity
    from {{ ref('crm_deal_lines') }} as deal_lines
    inner join {{ ref('crm_deals') }} as deals on deal_lines.deal_id = deals.deal_id
    inner join wins on deal_lines.deal_id = wins.deal_id
    where deal_lines.role is not null and deal_lines.deleted_at is null
),

unpriced as (
    select distinct role_lines.deal_id
    from role_lines
    where not exists (
        select 1 from {{ ref('int_rate_cards') }} as cards
        where cards.role = role_lines.role and cards.currency = role_lines.currency
            and coalesce(cards.effective_to, {{ forever() }}) >= role_lines.won_date
            and (cards.legal_entity is null or role_lines.legal_entity is null or cards.legal_entity = role_lines.legal_entity)
    ) and exists (select 1 from {{ ref('int_rate_cards') }})
)

select
    deals.deal_id, members.engagement_id, clients.client_id, deals.source_system, deals.source_id, deals.record_url,
    deals.name as deal_name, deals.owner_name, deals.currency,
    deals.amount - coalesce(deals.tax_amount, 0) as native_amount,
    deals.contract_type is null and told.tells_contract_type as lacks_contract_type,
    deals.legal_entity is null and told.tells_legal_entity as lacks_legal_entity,
    accounts.tax_id is null and coalesce(told_of_accounts.tells_tax_registration, false) as lacks_tax_registration,
    deals.payment_terms_days is null and not coalesce(customer_terms.has_payment_terms, false) and told.tells_payment_terms
        as lacks_payment_terms,
    coalesce(deals.contract_type, 'time_and_materials') = 'time_and_materials' and unpriced.deal_id is not null as lacks_rate_card,
    deals.signed_on is null and told.tells_signature as lacks_signature,
    coalesce(projects.lacks_template, false) as lacks_project_template,
    wins.won_date, projects.handed_over_on
from {{ ref('crm_deals') }} as deals
inner join wins on deals.deal_id = wins.deal_id
inner join told on deals.source_system = told.source_system
left join {{ ref('crm_accounts') }} as accounts on deals.account_id = accounts.account_id
left join told_of_accounts on accounts.source_system = told_of_accounts.source_system
left join {{ ref('int_client_members') }} as clients on 'crm:' || deals.account_id = clients.member
left join customer_terms on clients.client_id = customer_terms.client_id
left join {{ ref('int_engagement_members') }} as members on members.member_type = 'deal' and deals.deal_id = members.member_key
left join projects on members.engagement_id = projects.engagement_id
left join unpriced on deals.deal_id = unpriced.deal_id
where deals.change_order_number is null and deals.deleted_at is null
