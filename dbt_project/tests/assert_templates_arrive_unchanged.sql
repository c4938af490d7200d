-- Parity with raw, field by field: what a template file says of a record is what its canonical table says. Counts and totals
-- miss a date that moved, a currency that changed, a status or a link that was lost. Keys and references may have gained
-- their system's name. A record counts once, in its newest version, deleted or not.
{%- set tables = [
    'crm_accounts', 'crm_deals', 'crm_deal_lines', 'crm_deal_history', 'psa_clients', 'psa_projects', 'psa_project_history',
    'psa_project_deals', 'psa_budget_versions', 'psa_budget_lines', 'psa_milestones', 'psa_progress', 'psa_resources',
    'psa_cost_rates', 'psa_assignments', 'psa_time_entries', 'psa_expenses', 'accounting_customers', 'accounting_projects',
    'accounting_invoices', 'accounting_invoice_lines', 'accounting_line_links', 'accounting_credit_allocations',
    'accounting_payments', 'accounting_revenue_postings', 'accounting_cost_postings', 'accounting_trial_balance',
    'accounting_periods', 'accounting_rate_cards', 'fx_rates', 'support_tickets', 'sync_events'
] %}
with differences as (
    select cast(null as varchar) as canonical_table, cast(null as varchar) as source_system, cast(null as varchar) as record
    where false
    {%- for system in systems_of('template') %}
    {%- for table in tables if table in var('raw_tables').get(system.name, {}) %}
    {%- set raw_columns = var('raw_tables')[system.name][table] %}
    {%- set columns = contract_columns(table) %}
    {%- set key = raw_key(columns) %}
    union all
    select '{{ table }}', '{{ system.name }}', coalesce(told.source_id, made.{{ key }})
    from (
        select * from {{ source('raw_' ~ system.name, table) }}
        qualify row_number() over (partition by source_id order by valid_to is not null, valid_to desc) = 1
    ) as told
    full join (select * from {{ ref(table) }} where source_system = '{{ system.name }}') as made
        on told.source_id = made.{{ key }}
    where told.source_id is null or made.{{ key }} is null or made.deleted_at is distinct from told.valid_to
        {%- for name, type in columns.items() %}
        {%- set raw_name = 'canonical_source_id' if name == 'source_id' else name %}
        {%- if raw_name in raw_columns %}
        or (
            made.{{ name }} is distinct from cast(told.{{ raw_name }} as {{ type }})
            {%- if name.endswith('_id') %} and not coalesce(ends_with(made.{{ name }}, ':' || told.{{ raw_name }}), false){% endif %}
        )
        {%- endif %}
        {%- endfor %}
    {%- endfor %}
    {%- endfor %}
)

select canonical_table, source_system, record from differences
