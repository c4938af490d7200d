-- Parity with raw: each connector's records are as many, and as much money or hours, in raw as in their canonical table,
-- after what is left out on purpose - Birdview's templates; QuickBooks' lines without money; Tryton's leads without a party,
-- and what is no customer invoice. A record counts once, in its newest version, deleted or not.
{%- set newest = 'qualify row_number() over (partition by source_id order by valid_to is not null, valid_to desc) = 1' %}
{%- set records = [
    ['salesforce', 'accounts', 'crm_accounts', '0', '0', 'true', 'true'],
    ['salesforce', 'opportunities', 'crm_deals', "cast(record ->> '$.Amount' as decimal(18, 4))", 'amount', 'true', 'true'],
    ['salesforce', 'opportunity_line_items', 'crm_deal_lines', "cast(record ->> '$.TotalPrice' as decimal(18, 4))", 'amount',
        'true', 'true'],
    ['birdview', 'customers', 'psa_clients', '0', '0', 'true', 'true'],
    ['birdview', 'users', 'psa_resources', '0', '0', 'true', 'true'],
    ['birdview', 'projects', 'psa_projects', '0', '0', "record ->> '$.ProjectStatusID' is distinct from '6'", 'true'],
    ['birdview', 'timelogs', 'psa_time_entries', "cast(record ->> '$.Duration' as decimal(18, 6))", 'hours', 'true', 'true'],
    ['quickbooks', 'customers', 'accounting_customers', '0', '0', "record ->> '$.ParentRef.value' is null", 'true'],
    ['quickbooks', 'customers', 'accounting_projects', '0', '0', "record ->> '$.ParentRef.value' is not null", 'true'],
    ['quickbooks', 'invoices', 'accounting_invoices', '0', '0', 'true', "type = 'invoice'"],
    ['quickbooks', 'credit_memos', 'accounting_invoices', '0', '0', 'true', "type = 'credit_note'"],
    ['tryton', 'sale_opportunity', 'crm_deals', 'cast(amount as decimal(18, 4))', 'amount', 'party is not null', 'true'],
    ['tryton', 'timesheet_line', 'psa_time_entries', 'cast(round(duration_seconds / 3600.0, 6) as decimal(18, 6))', 'hours',
        'true', 'true'],
    ['tryton', 'account_invoice', 'accounting_invoices', '0', '0', "type = 'out'", 'true']
] %}
with counts as (
    select cast(null as varchar) as raw_table, cast(null as varchar) as canonical_table, cast(null as bigint) as raw_rows,
        cast(null as bigint) as canonical_rows, cast(null as decimal(38, 6)) as raw_total,
        cast(null as decimal(38, 6)) as canonical_total
    where false
    {%- for vendor, raw_table, table, raw_measure, measure, raw_filter, filter in records %}
    {%- for system in systems_with(vendor, raw_table) %}
    union all
    select
        'raw_{{ system.name }}.{{ raw_table }}', '{{ table }}', raw_side.records, canonical_side.records, raw_side.total,
        canonical_side.total
    from (
        select count(*) as records, coalesce(sum(measure), 0) as total
        from (
            select {{ raw_measure }} as measure from (
                select * from {{ source('raw_' ~ system.name, raw_table) }} {{ newest }}
            ) where {{ raw_filter }}
        )
    ) as raw_side
    cross join (
        select count(*) as records, coalesce(sum({{ measure }}), 0) as total
        from {{ ref(table) }} where source_system = '{{ system.name }}' and {{ filter }}
    ) as canonical_side
    {%- endfor %}
    {%- endfor %}
    {%- for system in systems_with('quickbooks', 'invoices') %}
    -- an invoice's lines without its tax are its total
    union all
    select
        'raw_{{ system.name }}.invoices', 'accounting_invoice_lines', raw_side.records, canonical_side.records, raw_side.total,
        canonical_side.total
    from (
        select
            0 as records, coalesce(sum(
                cast(record ->> '$.TotalAmt' as decimal(18, 4))
                - coalesce(try_cast(record ->> '$.TxnTaxDetail.TotalTax' as decimal(18, 4)), 0)
            ), 0) as total
        from (select * from {{ source('raw_' ~ system.name, 'invoices') }} {{ newest }})
    ) as raw_side
    cross join (
        select 0 as records, coalesce(sum(lines.net_amount), 0) as total
        from {{ ref('accounting_invoice_lines') }} as lines
        inner join {{ ref('accounting_invoices') }} as invoices on lines.invoice_id = invoices.invoice_id
        where lines.source_system = '{{ system.name }}' and invoices.type = 'invoice'
    ) as canonical_side
    {%- endfor %}
    {%- for system in systems_with('quickbooks', 'payments') %}
    -- of a payment, what credit memos paid is no money
    union all
    select
        'raw_{{ system.name }}.payments', 'accounting_payments', 0, 0, raw_side.total, canonical_side.total
    from (
        select coalesce(sum(cast(record ->> '$.TotalAmt' as decimal(18, 4))), 0) as total
        from (select * from {{ source('raw_' ~ system.name, 'payments') }} {{ newest }})
    ) as raw_side
    cross join (
        select coalesce(sum(amount), 0) as total from {{ ref('accounting_payments') }}
        where source_system = '{{ system.name }}'
    ) as canonical_side
    {%- endfor %}
)

select * from counts where raw_rows <> canonical_rows or raw_total <> canonical_total
