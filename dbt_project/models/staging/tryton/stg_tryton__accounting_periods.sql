-- One row per closed month. Tryton does not date the closing: its last write does.
with periods as (
    select period.*, company.name as legal_entity
    from {{ tryton('account_period') }} as period
    left join {{ ref('stg_tryton__companies') }} as company
        on period.source_system = company.source_system and period.company = company.company_id
)

select
    legal_entity, end_date as month_end, write_date as closed_at, source_system, id as source_id, load_id,
    first_seen_at, deleted_at, {{ tryton_url('account.period', 'id') }} as record_url
from periods
where type = 'standard' and state in ('closed', 'locked') and write_date is not null
