-- Tables that a connector and a spreadsheet fill at once: a spreadsheet may hold what the connector of a role cannot, never
-- the same table. One row per table and spreadsheet system.
with fillings as (
    {%- set tables = [
        'crm_accounts', 'crm_deals', 'crm_deal_lines', 'psa_clients', 'psa_projects', 'psa_budget_versions',
        'psa_budget_lines', 'psa_milestones', 'psa_resources', 'psa_cost_rates', 'psa_time_entries', 'psa_expenses',
        'accounting_customers', 'accounting_projects', 'accounting_invoices', 'accounting_invoice_lines',
        'accounting_payments', 'accounting_revenue_postings', 'accounting_trial_balance', 'fx_rates'
    ] %}
    {%- for table in tables %}
    select
        '{{ table }}' as canonical_table, source_system, count(*) as row_count,
        min(first_seen_at) as first_seen_at
    from {{ ref(table) }} where deleted_at is null group by source_system
    {%- if not loop.last %} union all {% endif %}{% endfor %}
)

select
    'table_filled_twice' as rule, cast(null as varchar) as engagement_id, cast(null as varchar) as client_id,
    sheets.source_system, sheets.canonical_table as source_object, sheets.canonical_table as source_id,
    cast(null as varchar) as record_url, cast(null as varchar) as field,
    min(connected.source_system) as value_before, sheets.source_system as value_after, cast(null as varchar) as changed_by,
    cast(null as decimal(18, 4)) as native_amount, cast(null as varchar) as currency,
    {{ business_date('greatest(sheets.first_seen_at, min(connected.first_seen_at))') }} as happened_on,
    cast(null as timestamptz) as changed_at, cast(null as date) as resolved_on
from fillings as sheets
inner join {{ ref('int_systems') }} as sheet_systems
    on sheets.source_system = sheet_systems.system_name and sheet_systems.source = 'template'
inner join fillings as connected on sheets.canonical_table = connected.canonical_table
inner join {{ ref('int_systems') }} as connected_systems
    on connected.source_system = connected_systems.system_name and connected_systems.source <> 'template'
group by sheets.source_system, sheets.canonical_table, sheets.first_seen_at
