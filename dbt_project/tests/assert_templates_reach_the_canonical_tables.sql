-- Parity with raw: each template table holds as many records, and as much money or hours, as its canonical table holds of
-- that system. A record counts once, in its newest version, deleted or not.
{%- set measures = {
    'crm_deals': 'amount', 'crm_deal_lines': 'amount', 'psa_budget_lines': 'amount', 'psa_cost_rates': 'hourly_cost',
    'psa_assignments': 'hours', 'psa_time_entries': 'hours', 'psa_expenses': 'amount', 'accounting_invoice_lines': 'net_amount',
    'accounting_credit_allocations': 'amount', 'accounting_payments': 'amount', 'accounting_revenue_postings': 'amount',
    'accounting_cost_postings': 'amount', 'accounting_trial_balance': 'amount', 'accounting_rate_cards': 'rate',
    'fx_rates': 'rate'
} %}
{%- set tables = [
    'crm_accounts', 'crm_deals', 'crm_deal_lines', 'psa_clients', 'psa_projects', 'psa_project_deals', 'psa_budget_versions',
    'psa_budget_lines', 'psa_milestones', 'psa_progress', 'psa_resources', 'psa_cost_rates', 'psa_assignments',
    'psa_time_entries', 'psa_expenses', 'accounting_customers', 'accounting_projects', 'accounting_invoices',
    'accounting_invoice_lines', 'accounting_line_links', 'accounting_credit_allocations', 'accounting_payments',
    'accounting_revenue_postings', 'accounting_cost_postings', 'accounting_trial_balance', 'accounting_periods',
    'accounting_rate_cards', 'fx_rates', 'support_tickets', 'sync_events'
] %}
with counts as (
    select cast(null as varchar) as canonical_table, cast(null as varchar) as source_system, cast(null as bigint) as raw_rows,
        cast(null as bigint) as canonical_rows, cast(null as decimal(38, 6)) as raw_total,
        cast(null as decimal(38, 6)) as canonical_total
    where false
    {%- for system in systems_of('template') %}{% for table in tables if table in var('raw_tables').get(system.name, {}) %}
    union all
    select
        '{{ table }}', '{{ system.name }}',
        (select count(distinct source_id) from {{ source('raw_' ~ system.name, table) }}),
        (select count(*) from {{ ref(table) }} where source_system = '{{ system.name }}'),
        {% if table in measures -%}
        (select coalesce(sum({{ measures[table] }}), 0) from (
            select {{ measures[table] }} from {{ source('raw_' ~ system.name, table) }}
            qualify row_number() over (partition by source_id order by valid_to is not null, valid_to desc) = 1
        )),
        (select coalesce(sum({{ measures[table] }}), 0) from {{ ref(table) }} where source_system = '{{ system.name }}')
        {%- else -%} 0, 0 {%- endif %}
    {%- endfor %}{% endfor %}
)

select * from counts where raw_rows <> canonical_rows or raw_total <> canonical_total
