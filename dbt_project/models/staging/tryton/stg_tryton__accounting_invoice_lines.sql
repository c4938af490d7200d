-- One row per line of type `line`. Posted, its amounts are the ledger's own, from the move that posted its invoice;
-- in a draft, quantity x price as Tryton rounds it. The invoice's tax is spread over its taxed lines by net amount.
with booked as (
    select
        source_system, move_id, {{ tryton_reference('origin', 'account.invoice.line') }} as invoice_line_id,
        sum(amount) as booked_amount, sum(coalesce(second_amount, amount)) as net_amount
    from {{ ref('stg_tryton__ledger_lines') }}
    where starts_with(origin, 'account.invoice.line,')
    group by source_system, move_id, origin
),

lines as (
    select
        line.source_system, line.id as invoice_line_id, line.invoice as invoice_id, line.account as account_id,
        line.product as product_id, line.description, invoice.company_currency, booked.booked_amount,
        {{ scaled('line.quantity', 6) }} * {{ scaled('line.unit_price', 6) }} as exact_amount, booked.net_amount,
        line.load_id, line.first_seen_at, line.deleted_at
    from {{ tryton('account_invoice_line') }} as line
    join {{ ref('stg_tryton__customer_invoices') }} as invoice
        on line.source_system = invoice.source_system and line.invoice = invoice.invoice_id
    left join booked
        on invoice.source_system = booked.source_system and invoice.move_id = booked.move_id
            and line.id = booked.invoice_line_id
    where line.type = 'line'
),

taxes as (
    select source_system, invoice as invoice_id, sum(amount) as tax from {{ tryton('account_invoice_tax') }}
    where deleted_at is null group by source_system, invoice
),

taxed_lines as (
    select distinct source_system, invoice_line as invoice_line_id from {{ tryton('account_invoice_line_account_tax') }}
    where deleted_at is null
),

priced as (
    select
        lines.* exclude (net_amount, exact_amount),
        coalesce(lines.net_amount, {{ tryton_cents('lines.exact_amount') }}) as net_amount,
        taxed_lines.invoice_line_id is not null as is_taxed, coalesce(taxes.tax, 0) as tax
    from lines
    left join taxed_lines
        on lines.source_system = taxed_lines.source_system and lines.invoice_line_id = taxed_lines.invoice_line_id
    left join taxes on lines.source_system = taxes.source_system and lines.invoice_id = taxes.invoice_id
),

running as (
    select
        *, sum(net_amount) over (so_far) as net_so_far, sum(net_amount) over (of_invoice) as net_of_invoice
    from priced where is_taxed
    window
        of_invoice as (partition by source_system, invoice_id),
        so_far as (partition by source_system, invoice_id order by cast(invoice_line_id as bigint))
),

taxed_so_far as (
    select
        source_system, invoice_id, invoice_line_id,
        case
            when net_so_far = net_of_invoice then tax
            when net_of_invoice = 0 then 0
            else {{ cents(
                scaled('tax', 4) ~ ' * ' ~ scaled('net_so_far', 4) ~ ' * sign(net_of_invoice)',
                'abs(' ~ scaled('net_of_invoice', 4) ~ ')', 4
            ) }}
        end as tax_so_far
    from running
),

tax_shares as (
    select
        source_system, invoice_line_id, tax_so_far - coalesce(lag(tax_so_far) over (
            partition by source_system, invoice_id order by cast(invoice_line_id as bigint)
        ), 0) as tax_amount
    from taxed_so_far
)

select
    priced.invoice_line_id, priced.invoice_id,
    coalesce(project.kind, case when product.product_type = 'goods' then 'expense' else 'other' end) as kind,
    cast(priced.net_amount as decimal(18, 4)) as net_amount,
    cast(coalesce(tax_shares.tax_amount, 0) as decimal(18, 4)) as tax_amount,
    cast(priced.booked_amount as decimal(18, 4)) as booked_amount,
    case when priced.booked_amount is not null then priced.company_currency end as booked_currency, project.project_id,
    account.code as account_code, cast(null as varchar) as department, cast(null as varchar) as cost_center,
    cast(null as varchar) as practice, project.service_from, project.service_to,
    coalesce(priced.description, product.name) as description, priced.source_system,
    priced.invoice_line_id as source_id, priced.load_id, priced.first_seen_at, priced.deleted_at,
    cast(null as varchar) as record_url
from priced
left join tax_shares
    on priced.source_system = tax_shares.source_system and priced.invoice_line_id = tax_shares.invoice_line_id
left join {{ ref('stg_tryton__line_projects') }} as project
    on priced.source_system = project.source_system and priced.invoice_line_id = project.invoice_line_id
left join {{ ref('stg_tryton__products') }} as product
    on priced.source_system = product.source_system and priced.product_id = product.product_id
left join {{ tryton('account_account') }} as account
    on priced.source_system = account.source_system and priced.account_id = account.id
