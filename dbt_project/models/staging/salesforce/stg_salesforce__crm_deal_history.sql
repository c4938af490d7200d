{#- Salesforce field -> canonical field; a percent becomes a share. -#}
{%- set fields = {
    'StageName': 'stage', 'Amount': 'amount', 'CloseDate': 'close_date', 'Probability': 'probability',
    'Owner': 'owner_name', 'CurrencyIsoCode': 'currency'
} -%}
{%- set with_history = systems_with('salesforce', 'opportunity_field_history') | map(attribute='name') | list -%}
with stages as (
    -- which stages are won or closed is the org's own setting: as its opportunities show, else by the usual names
    select
        source_system,
        {{ field('StageName') }} as stage,
        bool_or(try_cast({{ field('IsWon') }} as boolean)) as is_won,
        bool_or(try_cast({{ field('IsClosed') }} as boolean)) as is_closed
    from {{ raw_records('salesforce', 'opportunities') }}
    group by all
),

tracked as (
    select
        source_system,
        source_id,
        load_id,
        first_seen_at,
        deleted_at,
        {{ field('OpportunityId') }} as deal_id,
        try_cast({{ field('CreatedDate') }} as timestamptz) as changed_at,
        {{ field('Field') }} as vendor_field,
        {{ field('OldValue') }} as old_value,
        {{ field('NewValue') }} as new_value,
        {{ field('CreatedBy.Name') }} as changed_by,
        {{ custom_field_names('salesforce', 'tax_amount') }} as tax_field,
        {{ custom_field_names('salesforce', 'change_order_number') }} as change_order_field
    from {{ raw_records('salesforce', 'opportunity_field_history') }}
),

-- where an org keeps no history of fields, the loads that first showed a new value date it
versions as (
    select
        source_system,
        source_id,
        load_id,
        valid_from,
        {{ field('StageName') }} as stage,
        {{ field('Amount') }} as amount,
        {{ field('CloseDate') }} as close_date,
        {{ field('Probability') }} as probability,
        {{ field('Owner.Name') }} as owner_name,
        {{ field('CurrencyIsoCode') }} as currency
    from {{ raw_versions('salesforce', 'opportunities') }}
    where source_system not in ('' {%- for name in with_history %}, '{{ name }}'{% endfor %})
),

seen as (
    {%- for vendor_field, name in fields.items() %}
    select
        source_system,
        source_id,
        load_id,
        valid_from as first_seen_at,
        cast(null as timestamptz) as deleted_at,
        source_id as deal_id,
        valid_from as changed_at,
        '{{ name }}' as field,
        lag({{ name }}) over (partition by source_system, source_id order by valid_from) as old_value,
        {{ name }} as new_value,
        cast(null as varchar) as changed_by
    from versions
    qualify
        row_number() over (partition by source_system, source_id order by valid_from) > 1
        and old_value is distinct from new_value
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

changes as (
    select
        source_system,
        source_id,
        load_id,
        first_seen_at,
        deleted_at,
        deal_id,
        changed_at,
        case vendor_field
            {%- for vendor_field, name in fields.items() %}
            when '{{ vendor_field }}' then '{{ name }}'
            {%- endfor %}
            when tax_field then 'tax_amount'
            when change_order_field then 'change_order_number'
        end as field,
        old_value,
        new_value,
        changed_by
    from tracked
    -- a new owner is told twice, by name and by id
    where not (vendor_field = 'Owner' and regexp_full_match(coalesce(new_value, old_value), '005[0-9A-Za-z]{12,15}'))
    union all
    select * from seen
),

stage_changes as (
    select
        changes.*,
        coalesce(was.is_won, old_value = 'Closed Won') as was_won,
        coalesce(now.is_won, new_value = 'Closed Won') as is_won,
        coalesce(was.is_closed, old_value in ('Closed Won', 'Closed Lost')) as was_closed,
        coalesce(now.is_closed, new_value in ('Closed Won', 'Closed Lost')) as is_closed
    from changes
    left join stages as was on changes.source_system = was.source_system and changes.old_value = was.stage
    left join stages as now on changes.source_system = now.source_system and changes.new_value = now.stage
    where changes.field = 'stage'
),

all_changes as (
    select
        deal_id, changed_at, field,
        {%- for value in ['old_value', 'new_value'] %}
        case
            when field = 'probability'
                then cast(cast(try_cast({{ value }} as decimal(9, 4)) * 0.01 as decimal(9, 6)) as varchar)
            else {{ value }}
        end as {{ value }},
        {%- endfor %}
        changed_by, source_system, source_id, load_id, first_seen_at, deleted_at
    from changes
    where field is not null
    {%- for is, was in [('is_won', 'was_won'), ('is_closed', 'was_closed')] %}
    union all
    select
        deal_id, changed_at, '{{ is }}' as field, cast({{ was }} as varchar) as old_value,
        cast({{ is }} as varchar) as new_value, changed_by, source_system, source_id, load_id, first_seen_at, deleted_at
    from stage_changes
    where {{ is }} is distinct from {{ was }}
    {%- endfor %}
)

select
    deal_id,
    changed_at,
    field,
    old_value,
    new_value,
    changed_by,
    source_system,
    source_id,
    load_id,
    first_seen_at,
    deleted_at,
    {{ system_url('salesforce') }} || '/lightning/r/Opportunity/' || deal_id || '/view' as record_url
from all_changes
