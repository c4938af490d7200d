{#- Birdview keeps no history of projects: the load that first showed a new value dates it. -#}
{%- set fields = ['status', 'contract_type', 'crm_deal_id', 'end_date'] -%}
with versions as (
    select
        source_system,
        source_id,
        load_id,
        valid_from,
        {{ birdview_status(field('ProjectStatusID')) }} as status,
        {{ birdview_contract_type() }} as contract_type,
        {{ custom_field('birdview', 'crm_deal_id') }} as crm_deal_id,
        cast({{ day_of(field('EndDate')) }} as varchar) as end_date
    from {{ raw_versions('birdview', 'projects') }}
    where {{ field('ProjectStatusID') }} is distinct from '6'
),

changes as (
    {%- for name in fields %}
    select
        source_system,
        source_id,
        load_id,
        valid_from,
        '{{ name }}' as field,
        lag({{ name }}) over (partition by source_system, source_id order by valid_from) as old_value,
        {{ name }} as new_value
    from versions
    qualify
        row_number() over (partition by source_system, source_id order by valid_from) > 1
        and old_value is distinct from new_value
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    source_id as project_id,
    valid_from as changed_at,
    field,
    old_value,
    new_value,
    cast(null as varchar) as changed_by,
    source_system,
    source_id,
    load_id,
    valid_from as first_seen_at,
    cast(null as timestamptz) as deleted_at,
    {{ system_url('birdview') }} || '/projects/' || source_id as record_url
from changes
