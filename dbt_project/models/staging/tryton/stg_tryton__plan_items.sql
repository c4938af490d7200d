-- One row per work with a price, for as long as effort, price and product stay: Tryton plans by these alone and keeps
-- no history, so the first stretch begins when the work was created, and later ones when a load saw them changed.
with versions as (
    select
        version.source_system, version.id as work_id, version.list_price, version.effort_seconds, version.product,
        version.valid_from, max(version.valid_to) over works as left_at,
        row_number() over works as version,
        case
            when lag(version.id) over works is null then {{ business_date('version.create_date') }}
            else {{ business_date('coalesce(version.write_date, version.valid_from)') }}
        end as effective_on,
        lag(struct_pack(
            price := version.list_price, effort := version.effort_seconds, product := version.product
        )) over works as before,
        struct_pack(
            price := version.list_price, effort := version.effort_seconds, product := version.product
        ) as now
    from {{ tryton_versions('project_work') }} as version
    window works as (partition by version.source_system, version.id order by version.valid_from)
),

changes as (
    select * from versions where version = 1 or now is distinct from before
    qualify row_number() over (partition by source_system, work_id, effective_on order by valid_from desc) = 1
),

stretches as (
    select
        changes.*, work.project_id, work.name, work.end_date, work.invoice_method, work.created_at, work.deleted_at,
        product.name as product_name, coalesce(product.is_by_time, false) as is_by_time,
        lead(changes.effective_on) over (
            partition by changes.source_system, changes.work_id order by changes.effective_on
        ) as next_on
    from changes
    join {{ ref('stg_tryton__works') }} as work
        on changes.source_system = work.source_system and changes.work_id = work.work_id
    left join {{ ref('stg_tryton__products') }} as product
        on changes.source_system = product.source_system and changes.product = product.product_id
)

select
    source_system, work_id, project_id, name,
    case when invoice_method = 'timesheet' then 'time' else 'milestone' end as kind, product_name as role,
    {{ tryton_hours('coalesce(effort_seconds, 0)') }} as planned_hours,
    cast(list_price as decimal(18, 6)) as planned_rate,
    case
        when is_by_time or invoice_method = 'timesheet'
            then {{ cents(scaled('list_price', 4) ~ ' * ' ~ scaled('coalesce(effort_seconds, 0)', 0), 3600, 4) }}
        else cast(list_price as decimal(18, 2))
    end as amount,
    coalesce(end_date, {{ business_date('created_at') }}) as planned_date, effective_on,
    coalesce(next_on, {{ business_date('deleted_at') }}) as effective_until
from stretches
where list_price > 0
