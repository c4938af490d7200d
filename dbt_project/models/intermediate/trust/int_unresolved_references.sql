-- References that lead nowhere, or that two systems could mean. One row per record and column; finding is `unresolved` or
-- `ambiguous`. The record itself stays and is counted; only what ties it to others is missing.
{%- set references = [
    ['crm_accounts', 'account_id', 'parent_account_id', 'crm_accounts'],
    ['crm_deals', 'deal_id', 'account_id', 'crm_accounts'],
    ['crm_deals', 'deal_id', 'parent_deal_id', 'crm_deals'],
    ['crm_deal_lines', 'deal_line_id', 'deal_id', 'crm_deals'],
    ['crm_deal_history', 'source_id', 'deal_id', 'crm_deals'],
    ['psa_clients', 'client_id', 'crm_account_id', 'crm_accounts'],
    ['psa_projects', 'project_id', 'client_id', 'psa_clients'],
    ['psa_projects', 'project_id', 'crm_deal_id', 'crm_deals'],
    ['psa_project_history', 'source_id', 'project_id', 'psa_projects'],
    ['psa_project_deals', 'source_id', 'project_id', 'psa_projects'],
    ['psa_project_deals', 'source_id', 'deal_id', 'crm_deals'],
    ['psa_budget_versions', 'source_id', 'project_id', 'psa_projects'],
    ['psa_budget_lines', 'source_id', 'project_id', 'psa_projects'],
    ['psa_budget_lines', 'source_id', 'milestone_id', 'psa_milestones'],
    ['psa_milestones', 'milestone_id', 'project_id', 'psa_projects'],
    ['psa_progress', 'source_id', 'project_id', 'psa_projects'],
    ['psa_cost_rates', 'source_id', 'resource_id', 'psa_resources'],
    ['psa_assignments', 'assignment_id', 'resource_id', 'psa_resources'],
    ['psa_assignments', 'assignment_id', 'project_id', 'psa_projects'],
    ['psa_time_entries', 'time_entry_id', 'project_id', 'psa_projects'],
    ['psa_time_entries', 'time_entry_id', 'resource_id', 'psa_resources'],
    ['psa_expenses', 'expense_id', 'project_id', 'psa_projects'],
    ['psa_expenses', 'expense_id', 'resource_id', 'psa_resources'],
    ['accounting_customers', 'customer_id', 'crm_account_id', 'crm_accounts'],
    ['accounting_projects', 'accounting_project_id', 'customer_id', 'accounting_customers'],
    ['accounting_projects', 'accounting_project_id', 'psa_project_id', 'psa_projects'],
    ['accounting_invoices', 'invoice_id', 'customer_id', 'accounting_customers'],
    ['accounting_invoices', 'invoice_id', 'credited_invoice_id', 'accounting_invoices'],
    ['accounting_invoice_lines', 'invoice_line_id', 'invoice_id', 'accounting_invoices'],
    ['accounting_line_links', 'record_id', 'invoice_line_id', 'accounting_invoice_lines'],
    ['accounting_credit_allocations', 'source_id', 'credit_note_id', 'accounting_invoices'],
    ['accounting_credit_allocations', 'source_id', 'invoice_id', 'accounting_invoices'],
    ['accounting_payments', 'payment_id', 'invoice_id', 'accounting_invoices'],
    ['accounting_payments', 'payment_id', 'customer_id', 'accounting_customers'],
    ['accounting_revenue_postings', 'posting_id', 'customer_id', 'accounting_customers'],
    ['accounting_revenue_postings', 'posting_id', 'invoice_line_id', 'accounting_invoice_lines'],
    ['support_tickets', 'ticket_id', 'account_id', 'crm_accounts'],
    ['support_tickets', 'ticket_id', 'project_id', 'psa_projects']
] -%}
{%- set keys = {
    'crm_accounts': 'account_id', 'crm_deals': 'deal_id', 'psa_clients': 'client_id', 'psa_projects': 'project_id',
    'psa_milestones': 'milestone_id', 'psa_resources': 'resource_id', 'accounting_customers': 'customer_id',
    'accounting_invoices': 'invoice_id', 'accounting_invoice_lines': 'invoice_line_id'
} -%}
{%- set own_ids = {'accounting_line_links': 'record_id'} %}

with lost as (
    {%- for table, record, column, target in references %}
    select
        '{{ table }}' as source_object, '{{ column }}' as field, '{{ target }}' as target_table, records.source_system,
        records.{{ own_ids.get(table, 'source_id') }} as source_id, records.record_url, records.{{ column }} as given,
        records.first_seen_at, records.load_id
    from {{ ref(table) }} as records
    where records.deleted_at is null and records.{{ column }} is not null
        and not exists (
            select 1 from {{ ref(target) }} as targets where targets.{{ keys[target] }} = records.{{ column }}
        )
        {%- if target != table %}
        -- a table without a row is one that nobody loads: nothing can be found in it
        and exists (select 1 from {{ ref(target) }})
        {%- endif %}
    {%- if not loop.last %} union all {% endif %}{% endfor %}
    {%- for table in ['accounting_invoice_lines', 'accounting_revenue_postings', 'accounting_cost_postings'] %}
    union all
    -- a ledger's own project may know no PSA project: that is the ledger project's breach, not the line's
    select
        '{{ table }}' as source_object, 'project_id' as field, 'psa_projects' as target_table, records.source_system,
        records.source_id, records.record_url, records.project_id as given, records.first_seen_at, records.load_id
    from {{ ref(table) }} as records
    where records.deleted_at is null and records.project_id is not null and exists (select 1 from {{ ref('psa_projects') }})
        and not exists (
            select 1 from {{ ref('int_project_references') }} as resolved
            where resolved.source_system = records.source_system and resolved.given = records.project_id
        )
        and not exists (
            select 1 from {{ ref('accounting_projects') }} as ledger
            where records.project_id = ledger.accounting_project_id
        )
        and not exists (
            select 1 from {{ ref('accounting_projects') }} as ledger
            where records.source_system || ':' || records.project_id = ledger.accounting_project_id
        )
    {%- endfor %}
    union all
    select
        'accounting_line_links' as source_object, source as field, 'psa_' || source as target_table, source_system,
        invoice_line_id || '|' || source || '|' || link_value as source_id, record_url, link_value as given,
        cast(null as timestamptz) as first_seen_at, cast(null as varchar) as load_id
    from {{ ref('int_links_checked') }} where finding = 'ambiguous'
),

bare_targets as (
    {%- for target, key in keys.items() %}
    select
        '{{ target }}' as target_table, targets.source_id, count(distinct targets.source_system) as systems
    from {{ ref(target) }} as targets
    where exists (select 1 from lost where lost.target_table = '{{ target }}' and lost.given = targets.source_id)
    group by targets.source_id
    {%- if not loop.last %} union all {% endif %}{% endfor %}
)

select
    case when bare_targets.systems > 1 or starts_with(lost.target_table, 'psa_') and lost.source_object = 'accounting_line_links'
        then 'ambiguous' else 'unresolved' end as finding,
    lost.source_object, lost.field, lost.target_table, lost.source_system, lost.source_id, lost.record_url, lost.given,
    lost.first_seen_at
from lost
left join bare_targets on lost.target_table = bare_targets.target_table and lost.given = bare_targets.source_id
