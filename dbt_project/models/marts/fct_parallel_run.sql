-- Two ledgers side by side, in the months in which a legal entity posts in both. One row per pair of ledgers, legal entity,
-- account, month and currency. Amounts are net, in their own currency, never added across currencies.
with documents as (
    select
        invoices.invoice_id, invoices.source_system, systems.precedence,
        coalesce(invoices.legal_entity, customers.legal_entity, '') as legal_entity, invoices.type, invoices.number,
        invoices.client_id, invoices.currency, invoices.gross_native_amount, last_day(invoices.invoice_date) as month_end
    from {{ ref('int_invoices') }} as invoices
    inner join {{ ref('int_systems') }} as systems on invoices.source_system = systems.system_name
    left join {{ ref('accounting_customers') }} as customers on invoices.customer_id = customers.customer_id
    where invoices.status in ('open', 'paid') and not invoices.is_between_companies
),

ledger_months as (
    select source_system, precedence, legal_entity, month_end from documents group by all
),

pairs as (
    select
        ones.source_system as one_system, others.source_system as other_system, ones.legal_entity, ones.month_end
    from ledger_months as ones
    inner join ledger_months as others
        on ones.legal_entity = others.legal_entity and ones.month_end = others.month_end and ones.precedence < others.precedence
),

-- a document's namesake in the other ledger, whichever month it stands in there
namesakes as (
    select
        ones.invoice_id, others.source_system as other_system,
        bool_or(ones.currency = others.currency and ones.gross_native_amount = others.gross_native_amount) as is_equal
    from documents as ones
    inner join documents as others
        on ones.type = others.type and ones.number = others.number and ones.client_id = others.client_id
        and ones.source_system <> others.source_system
    group by ones.invoice_id, others.source_system
),

sides as (
    select
        pairs.one_system, pairs.other_system, pairs.legal_entity, pairs.month_end, documents.invoice_id, documents.currency,
        documents.source_system = pairs.one_system as is_one,
        case when namesakes.invoice_id is null then 'only' when namesakes.is_equal then 'both' else 'differs' end as finding
    from pairs
    inner join documents
        on pairs.legal_entity = documents.legal_entity and pairs.month_end = documents.month_end
        and documents.source_system in (pairs.one_system, pairs.other_system)
    left join namesakes
        on documents.invoice_id = namesakes.invoice_id
        and namesakes.other_system
            = case when documents.source_system = pairs.one_system then pairs.other_system else pairs.one_system end
),

line_amounts as (
    select invoice_id, coalesce(account_code, '') as account_code, sum(net_amount) as native_amount
    from {{ ref('accounting_invoice_lines') }} where deleted_at is null group by invoice_id, coalesce(account_code, '')
)

select
    sides.one_system, sides.other_system, sides.legal_entity, line_amounts.account_code, sides.currency as native_currency,
    {% for finding, name in {'both': 'in_both', 'differs': 'differing'}.items() -%}
    cast(coalesce(sum(case when finding = '{{ finding }}' and is_one then native_amount end), 0) as decimal(18, 2))
        as {{ name }}_one_native_amount,
    cast(coalesce(sum(case when finding = '{{ finding }}' and not is_one then native_amount end), 0) as decimal(18, 2))
        as {{ name }}_other_native_amount,
    {% endfor -%}
    cast(coalesce(sum(case when finding = 'only' and is_one then native_amount end), 0) as decimal(18, 2))
        as only_one_native_amount,
    cast(coalesce(sum(case when finding = 'only' and not is_one then native_amount end), 0) as decimal(18, 2))
        as only_other_native_amount,
    cast(count(distinct case when finding = 'both' and is_one then sides.invoice_id end) as integer) as in_both_count,
    cast(count(distinct case when finding = 'differs' and is_one then sides.invoice_id end) as integer) as differing_count,
    cast(count(distinct case when finding = 'only' and is_one then sides.invoice_id end) as integer) as only_one_count,
    cast(count(distinct case when finding = 'only' and not is_one then sides.invoice_id end) as integer) as only_other_count,
    cast(sides.month_end as date) as month_end
from sides
inner join line_amounts on sides.invoice_id = line_amounts.invoice_id
group by sides.one_system, sides.other_system, sides.legal_entity, line_amounts.account_code, sides.currency, sides.month_end
