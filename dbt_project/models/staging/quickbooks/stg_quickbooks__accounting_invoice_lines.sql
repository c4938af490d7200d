with unnested as (
    select
        documents.* exclude (record),
        {{ elements("record -> '$.Line'") }} as line,
        -- a document names one customer: a project, or a top customer without any
        case when roots.root_id is distinct from roots.customer_id then {{ field('CustomerRef.value') }} end as project_id
    from {{ ref('stg_quickbooks__documents') }} as documents
    left join {{ ref('stg_quickbooks__customer_roots') }} as roots
        on documents.source_system = roots.customer_system and {{ field('CustomerRef.value') }} = roots.customer_id
),

lines as (
    select
        * exclude (line),
        line,
        {{ field('Id', 'line') }} as line_id,
        {{ field('DetailType', 'line') }} as detail_type,
        coalesce(line -> '$.SalesItemLineDetail', line -> '$.GroupLineDetail', line -> '$.DiscountLineDetail') as detail,
        -- a discount's amount is positive; it takes away
        case when {{ field('DetailType', 'line') }} = 'DiscountLineDetail' then -1 else 1 end
        * try_cast({{ field('Amount', 'line') }} as decimal(18, 4)) as amount
    from unnested
    -- the rest is no money of its own: subtotals, and descriptions
    where {{ field('DetailType', 'line') }} in ('SalesItemLineDetail', 'GroupLineDetail', 'DiscountLineDetail')
),

named as (
    select
        * exclude (line, detail, line_id),
        coalesce(line_id, detail_type) as line_id,
        {{ field('Description', 'line') }} as description,
        lower(coalesce({{ field('ItemRef.name', 'detail') }}, {{ field('GroupItemRef.name', 'detail') }}, detail_type)) as item,
        coalesce({{ field('ItemAccountRef.value', 'detail') }}, {{ field('DiscountAccountRef.value', 'detail') }})
            as account_code,
        {{ field('ClassRef.name', 'detail') }} as practice,
        {{ day_of(field('ServiceDate', 'detail')) }} as service_to,
        coalesce({{ field('TaxCodeRef.value', 'detail') }}, '') <> 'NON' as is_taxed
    from lines
),

-- QuickBooks tells tax once per document: it is spread over the lines that bear it (over all where none says so)
weighed as (
    select
        *,
        case when is_taxed or not bool_or(is_taxed) over (document) then amount else 0 end as weight
    from named
    window document as (partition by source_system, source_id)
),

shared as (
    select
        *,
        sum(weight) over (partition by source_system, source_id) as whole,
        row_number() over (
            partition by source_system, source_id order by abs(weight) desc, try_cast(line_id as integer), line_id
        ) as size_rank
    from weighed
),

taxed as (
    select
        *,
        case
            when whole = 0 then cast(0 as decimal(18, 2))
            else {{ cents(
                scaled('total_tax', 4) ~ ' * ' ~ scaled('weight', 4) ~ ' * cast(sign(whole) as hugeint)',
                scaled('abs(whole)', 4), 4
            ) }}
        end as tax_share
    from shared
),

-- what rounding leaves goes to the largest line
exact as (
    select
        *,
        tax_share + case
            when size_rank = 1
                then total_tax - sum(tax_share) over (partition by source_system, source_id)
            else 0
        end as tax,
        case when type = 'credit_note' then -1 else 1 end as direction
    from taxed
)

select
    source_id || '-' || line_id as invoice_line_id,
    source_id as invoice_id,
    -- the item that a line sells tells its kind
    case
        when item like '%adjust%' or item like '%discount%' then 'adjustment'
        when item like '%advance%' or item like '%deposit%' or item like '%prepay%' then 'advance'
        when item like '%milestone%' then 'milestone'
        when item like '%retainer%' or item like '%recurring%' or item like '%subscription%' then 'recurring'
        when item like '%expense%' or item like '%travel%' or item like '%reimburs%' then 'expense'
        when item like '%service%' or item like '%hours%' or item like '%time%' then 'time'
        else 'other'
    end as kind,
    cast(direction * amount as decimal(18, 4)) as net_amount,
    cast(direction * coalesce(tax, 0) as decimal(18, 4)) as tax_amount,
    -- booked at the document's own rate; without one it is booked only if it is in the home currency
    cast(
        {{ converted('direction * amount', "coalesce(exchange_rate, case when currency = '" ~ var('reporting_currency') ~ "' then 1 end)") }}
        as decimal(18, 4)
    ) as booked_amount,
    case
        when exchange_rate is not null or currency = '{{ var("reporting_currency") }}' then '{{ var("reporting_currency") }}'
    end as booked_currency,
    project_id,
    account_code,
    cast(null as varchar) as department,
    cast(null as varchar) as cost_center,
    practice,
    cast(null as date) as service_from,
    service_to,
    description,
    source_system,
    source_id || '-' || line_id as source_id,
    load_id,
    first_seen_at,
    deleted_at,
    {{ system_url('quickbooks') }}
    || case when type = 'invoice' then '/app/invoice?txnId=' else '/app/creditmemo?txnId=' end || source_id as record_url
from exact
