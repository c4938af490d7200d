-- What is loaded, and so what can be told: what nobody loaded is 'not available', and never 0. One row per canonical table that
-- a metric may need, per revenue and per bridge.
{%- set tables = {
    'crm_accounts': 'clients of a CRM (crm_accounts)',
    'crm_deals': 'a CRM (crm_deals)',
    'crm_deal_lines': 'lines of deals (crm_deal_lines)',
    'psa_projects': 'a PSA (psa_projects)',
    'psa_budget_versions': 'budget versions (psa_budget_versions)',
    'psa_budget_lines': 'budgets (psa_budget_lines)',
    'psa_milestones': 'milestones (psa_milestones)',
    'psa_time_entries': 'time entries (psa_time_entries)',
    'psa_expenses': 'expenses (psa_expenses)',
    'psa_resources': 'people and their weekly hours (psa_resources)',
    'psa_assignments': 'assignments of people (psa_assignments)',
    'psa_cost_rates': 'cost rates (psa_cost_rates)',
    'psa_progress': 'progress reports (psa_progress)',
    'accounting_customers': 'customers (accounting_customers)',
    'accounting_invoices': 'invoices (accounting_invoices)',
    'accounting_invoice_lines': 'invoice lines (accounting_invoice_lines)',
    'accounting_payments': 'a ledger that records payments (accounting_payments)',
    'accounting_revenue_postings': 'a ledger that posts revenue (accounting_revenue_postings)',
    'accounting_cost_postings': 'cost postings (accounting_cost_postings)',
    'accounting_trial_balance': 'a trial balance (accounting_trial_balance)',
    'support_tickets': 'a support desk (support_tickets)',
    'sync_events': 'an event log of the integrations (sync_events)',
} %}
{#- an empty file of these says that none has happened yet; of the others it says nothing #}
{%- set may_be_empty = [
    'crm_deals', 'psa_projects', 'psa_budget_versions', 'psa_budget_lines', 'psa_milestones', 'psa_time_entries', 'psa_expenses',
    'accounting_invoices', 'accounting_invoice_lines'
] %}
{#- what is planned of each kind, and where it is recorded when it is done #}
{%- set records = {'time': 'psa_time_entries', 'expense': 'psa_expenses', 'milestone': 'psa_milestones'} %}
{%- set revenues = {
    'sold_revenue': ['crm_deals'],
    'planned_revenue': ['psa_budget_versions', 'psa_budget_lines'],
    'billed_revenue': ['accounting_invoices', 'accounting_invoice_lines'],
    'recognized_revenue': ['accounting_revenue_postings'],
    'collected_cash': ['accounting_invoices', 'accounting_invoice_lines', 'accounting_payments'],
} %}
{%- set bridges = {
    'sold_to_planned': ['sold_revenue', 'planned_revenue'],
    'planned_to_billed': ['planned_revenue', 'billed_revenue'],
    'billed_to_recognized': ['billed_revenue', 'recognized_revenue'],
    'billed_to_collected': ['billed_revenue', 'collected_cash'],
} %}
{%- set measures = [] %}
{%- for revenue, needed in revenues.items() %}{% do measures.append(('revenue', revenue, needed)) %}{% endfor %}
{%- for bridge, ends in bridges.items() %}
    {%- do measures.append(('bridge', bridge, revenues[ends[0]] + revenues[ends[1]])) %}
{%- endfor %}
with loaded as (
    -- loads that set every row aside have told nothing
    select table_name from {{ ref('fct_loads') }}
    where status = 'finished'
    group by table_name having sum(rows_loaded) > 0 or sum(rows_read) = 0
),

loaded_tables as (
    {%- for table, words in tables.items() %}
    select
        '{{ table }}' as name, '{{ words }}' as words, {{ loop.index }} as position,
        exists (select 1 from {{ ref(table) }})
        {%- if table in may_be_empty %} or exists (select 1 from loaded where table_name = '{{ table }}'){% endif %} as is_available
    {%- if not loop.last %} union all {% endif %}
    {%- endfor %}
),

-- work that is planned, or done by the hour, and recorded nowhere
unrecorded as (
    select name, words, position from loaded_tables
    where not is_available and (
        {%- for kind, table in records.items() %}
        {{ 'or ' if not loop.first }}name = '{{ table }}' and exists (select 1 from {{ ref('psa_budget_lines') }} where kind = '{{ kind }}')
        {%- endfor %}
        or name = 'psa_time_entries'
        and exists (select 1 from {{ ref('psa_projects') }} where contract_type = 'time_and_materials')
    )
),

-- versions without their lines, or lines without their versions, are no plans; a firm that plans nothing has neither
tables as (
    select * from loaded_tables
    union all
    select
        'whole_budgets' as name, 'budget versions together with their lines (psa_budget_versions, psa_budget_lines)' as words,
        100 as position, count(distinct is_available) = 1 as is_available
    from loaded_tables where name in ('psa_budget_versions', 'psa_budget_lines')
    union all
    select
        'recorded_work' as name, string_agg(words, ', ' order by position) as words, 101 as position,
        count(*) = 0 as is_available
    from unrecorded
)

select
    'table' as kind, name, is_available, case when not is_available then words end as lacks, cast(null as varchar) as steps_lack
from tables
{%- for kind, name, needed in measures %}
union all
select
    '{{ kind }}' as kind, '{{ name }}' as name, bool_and(is_available) as is_available,
    string_agg(words, ', ' order by position) filter (where not is_available) as lacks,
    {%- if name == 'planned_to_billed' %}
    -- both ends are known without it, and some steps are not
    case when bool_and(is_available) then (select words from tables where name = 'recorded_work') end as steps_lack
    {%- else %}
    null as steps_lack
    {%- endif %}
from tables where name in ('{{ needed | join("', '") }}')
{%- endfor %}
