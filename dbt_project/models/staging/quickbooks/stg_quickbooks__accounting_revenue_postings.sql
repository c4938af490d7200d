with income_accounts as (
    select source_system as account_system, source_id as account_id
    from {{ raw_records('quickbooks', 'accounts') }}
    where {{ field('AccountType') }} in ('Income', 'Other Income')
),

-- whatever is invoiced is posted on its day, to the account of the item that it sells
invoiced as (
    select
        lines.invoice_line_id as posting_id,
        invoices.invoice_date as posted_on,
        lines.net_amount as amount,
        invoices.currency,
        'invoice' as source,
        lines.project_id,
        invoices.customer_id,
        lines.invoice_line_id,
        lines.account_code,
        invoices.legal_entity,
        lines.source_system,
        lines.load_id,
        lines.first_seen_at,
        lines.deleted_at,
        lines.record_url
    from {{ ref('stg_quickbooks__accounting_invoice_lines') }} as lines
    inner join {{ ref('stg_quickbooks__accounting_invoices') }} as invoices
        on lines.source_system = invoices.source_system and lines.invoice_id = invoices.invoice_id
    where lines.net_amount <> 0
),

entries as (
    select * exclude (record), record, {{ elements("record -> '$.Line'") }} as line
    from {{ raw_records('quickbooks', 'journal_entries') }}
),

sides as (
    select
        *,
        line -> '$.JournalEntryLineDetail' as detail
    from entries
    where {{ field('DetailType', 'line') }} = 'JournalEntryLineDetail'
),

journalled as (
    select
        source_id || '-' || {{ field('Id', 'line') }} as posting_id,
        {{ day_of(field('TxnDate')) }} as posted_on,
        case when {{ field('PostingType', 'detail') }} = 'Debit' then -1 else 1 end
        * try_cast({{ field('Amount', 'line') }} as decimal(18, 4)) as amount,
        {{ field('CurrencyRef.value') }} as currency,
        -- an entry made by a recurring template names it
        case when {{ field('RecurDataRef.value') }} is not null then 'schedule' else 'manual' end as source,
        case when roots.root_id is distinct from roots.customer_id then roots.customer_id end as project_id,
        roots.root_id as customer_id,
        cast(null as varchar) as invoice_line_id,
        {{ field('AccountRef.value', 'detail') }} as account_code,
        {{ field('DepartmentRef.name', 'detail') }} as legal_entity,
        source_system,
        load_id,
        first_seen_at,
        deleted_at,
        {{ system_url('quickbooks') }} || '/app/journal?txnId=' || source_id as record_url
    from sides
    left join {{ ref('stg_quickbooks__customer_roots') }} as roots
        on
            sides.source_system = roots.customer_system
            and case when {{ field('Entity.Type', 'detail') }} = 'Customer'
                then {{ field('Entity.EntityRef.value', 'detail') }} end = roots.customer_id
),

posted as (
    select * from invoiced
    union all
    select * from journalled
)

select
    posted.posting_id,
    posted.posted_on,
    cast(posted.amount as decimal(18, 4)) as amount,
    posted.currency,
    posted.source,
    posted.project_id,
    posted.customer_id,
    posted.invoice_line_id,
    posted.account_code,
    posted.legal_entity,
    cast(null as varchar) as posted_by,
    posted.source_system,
    posted.posting_id as source_id,
    posted.load_id,
    posted.first_seen_at,
    posted.deleted_at,
    posted.record_url
from posted
-- revenue is what stands on an account of income; what is deferred is not there yet
inner join income_accounts
    on posted.source_system = income_accounts.account_system and posted.account_code = income_accounts.account_id
