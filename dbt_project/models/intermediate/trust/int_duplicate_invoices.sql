-- Invoices that may be one: in two ledgers, or twice in one. One row per pair and reason.
with invoices as (
    select
        invoices.*, nullif(ltrim(regexp_replace(invoices.number, '[^0-9]', '', 'g'), '0'), '') as bare_number,
        lines.project_ids, lines.texts
    from {{ ref('int_invoices') }} as invoices
    left join (
        select
            invoice_id, string_agg(distinct project_id, ',' order by project_id) as project_ids,
            string_agg(distinct concat_ws(' ', kind, description, cast(service_from as varchar), cast(service_to as varchar)), ','
                order by concat_ws(' ', kind, description, cast(service_from as varchar), cast(service_to as varchar)))
                filter (where description is not null) as texts
        from {{ ref('accounting_invoice_lines') }} where deleted_at is null group by invoice_id
    ) as lines on invoices.invoice_id = lines.invoice_id
    where invoices.status in ('open', 'paid') and invoices.type = 'invoice' and not invoices.is_between_companies
)

select
    'invoice' as record_type, firsts.invoice_id as member, doubles.invoice_id as other_member, 100.0 as score,
    'same number, client, currency and amount in two ledgers; it counts once' as evidence
from invoices as doubles inner join invoices as firsts on doubles.is_duplicate_of = firsts.invoice_id
union all
select
    'invoice' as record_type, ones.invoice_id as member, others.invoice_id as other_member,
    case when ones.number = others.number then 95.0 else 85.0 end as score,
    case when ones.number = others.number then 'same number, client and amount in one ledger'
        else 'same digits in the number, same client, currency and amount' end as evidence
from invoices as ones
inner join invoices as others
    on ones.client_id = others.client_id and ones.currency = others.currency
    and ones.gross_native_amount = others.gross_native_amount and ones.bare_number = others.bare_number
    and ones.invoice_id < others.invoice_id
where (ones.number <> others.number or ones.source_system = others.source_system)
union all
select
    'invoice' as record_type, ones.invoice_id as member, others.invoice_id as other_member, 80.0 as score,
    'same day, client, currency, amount, project and text of lines under two numbers' as evidence
from invoices as ones
inner join invoices as others
    on ones.client_id = others.client_id and ones.currency = others.currency
    and ones.gross_native_amount = others.gross_native_amount and ones.invoice_date = others.invoice_date
    and ones.source_system = others.source_system and ones.texts = others.texts
    and coalesce(ones.project_ids, '') = coalesce(others.project_ids, '') and ones.invoice_id < others.invoice_id
where ones.gross_native_amount <> 0 and ones.bare_number is distinct from others.bare_number
