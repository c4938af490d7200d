-- One row per change of a field. Tryton's history table holds the whole opportunity after each write; the writes of one
-- transaction share a moment, and the last of them stands.
with revisions as (
    select
        revision.source_system, revision.id as deal_id, revision.history_id,
        coalesce(revision.write_date, revision.create_date) as changed_at,
        coalesce(author.name, author.login) as changed_by, revision.load_id, revision.first_seen_at,
        revision.deleted_at,
        [
            {'field': 'amount', 'value': cast(cast(revision.amount as decimal(18, 4)) as varchar)},
            {'field': 'stage', 'value': revision.state},
            {'field': 'close_date', 'value': cast(revision.end_date as varchar)},
            {'field': 'is_won', 'value': cast(revision.state = 'won' as varchar)},
            {'field': 'is_closed', 'value': cast(revision.state in ('won', 'lost', 'cancelled') as varchar)},
            {'field': 'currency', 'value': currency.code},
            {'field': 'probability', 'value': cast(cast(revision.conversion_probability as decimal(9, 6)) as varchar)},
            {'field': 'owner_name', 'value': employee.name}
        ] as fields
    from {{ tryton('sale_opportunity_history') }} as revision
    left join {{ tryton('currency_currency') }} as currency
        on revision.source_system = currency.source_system and revision.currency = currency.id
    left join {{ ref('stg_tryton__employees') }} as employee
        on revision.source_system = employee.source_system and revision.employee = employee.employee_id
    left join {{ tryton('res_user') }} as author
        on revision.source_system = author.source_system
            and coalesce(revision.write_uid, revision.create_uid) = author.id
    where revision.state is not null -- a deletion is a revision without values
    qualify row_number() over (
        partition by revision.source_system, revision.id, coalesce(revision.write_date, revision.create_date)
        order by revision.history_id desc
    ) = 1
),

field_values as (
    select * exclude (fields), unnest(fields, recursive := true) from revisions
),

changes as (
    select
        *, lag(value) over (partition by source_system, deal_id, field order by changed_at) as old_value,
        row_number() over (partition by source_system, deal_id, field order by changed_at) as revision
    from field_values
)

select
    deal_id, changed_at, field, old_value, value as new_value, changed_by, source_system,
    cast(history_id as varchar) || '|' || field as source_id, load_id, first_seen_at, deleted_at,
    {{ tryton_url('sale.opportunity', 'deal_id') }} as record_url
from changes
where value is distinct from old_value
