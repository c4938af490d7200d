-- Records whose name breaks the firm's own pattern (naming_conventions.csv). One row per record and field.
with named as (
    {%- set tables = {
        'crm_accounts': ['account_id', ['name'], "'crm:' || account_id"],
        'crm_deals': ['deal_id', ['name', 'change_order_number'], "'crm:' || account_id"],
        'psa_clients': ['client_id', ['name'], "'psa:' || client_id"],
        'psa_projects': ['project_id', ['name', 'project_code'], "'psa:' || client_id"],
        'accounting_customers': ['customer_id', ['name'], "'accounting:' || customer_id"],
        'accounting_projects': ['accounting_project_id', ['name'], "'accounting:' || customer_id"],
        'accounting_invoices': ['invoice_id', ['number'], "'accounting:' || customer_id"]
    } %}
    {%- for table, told in tables.items() %}{% for field in told[1] %}
    select
        '{{ table }}' as canonical_table, '{{ field }}' as field, {{ told[0] }} as record_key, {{ field }} as name,
        {{ told[2] }} as member, source_system, source_id, record_url, first_seen_at
    from {{ ref(table) }} where deleted_at is null and {{ field }} is not null
    {%- if not loop.last %} union all {% endif %}{% endfor %}{% if not loop.last %} union all {% endif %}{% endfor %}
)

select
    'naming_convention_broken' as rule, members.engagement_id, clients.client_id, named.source_system,
    named.canonical_table as source_object, named.source_id, named.record_url, named.field,
    conventions.example as value_before, named.name as value_after, cast(null as varchar) as changed_by,
    cast(null as decimal(18, 4)) as native_amount, cast(null as varchar) as currency,
    {{ business_date('named.first_seen_at') }} as happened_on, cast(null as timestamptz) as changed_at,
    cast(null as date) as resolved_on
from {{ ref('naming_conventions') }} as conventions
inner join named on conventions.canonical_table = named.canonical_table and conventions.field = named.field
left join {{ ref('int_engagement_members') }} as members
    on members.member_key = named.record_key
    and members.member_type = case named.canonical_table when 'crm_deals' then 'deal' when 'psa_projects' then 'project' end
left join {{ ref('int_client_members') }} as clients on named.member = clients.member
where not regexp_full_match(named.name, conventions.pattern)
