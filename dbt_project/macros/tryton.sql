{# What Tryton's staging models share: its tables, and the arithmetic its own code does. #}

{# The present records of one of Tryton's tables, as `raw_records`. #}
{% macro tryton(table) %}
    {{- raw_records('tryton', table, tryton_columns(table)) }}
{%- endmacro %}

{# Every version that a load has seen of one of Tryton's tables, as `raw_versions`. #}
{% macro tryton_versions(table) %}
    {{- raw_versions('tryton', table, tryton_columns(table)) }}
{%- endmacro %}

{# Column -> type of a table in raw. The same as in ingestion/sources/tryton.py; a test compares the two. #}
{% macro tryton_columns(table) %}
    {% set tables = {
        'party_party': {'text': 'id name', 'timestamp': 'create_date write_date'},
        'party_identifier': {'text': 'id party type code'},
        'party_contact_mechanism': {'text': 'id party type value'},
        'company_company': {'text': 'id party currency'},
        'company_employee': {'text': 'id party company', 'date': 'start_date end_date'},
        'company_employee_cost_price': {'text': 'id employee', 'date': 'date', 'decimal': 'cost_price'},
        'res_user': {'text': 'id name login'},
        'currency_currency': {'text': 'id code'},
        'currency_currency_rate': {'text': 'id currency', 'date': 'date', 'decimal': 'rate'},
        'product_product': {'text': 'id template'},
        'product_template': {'text': 'id name type default_uom'},
        'product_uom': {'text': 'id category'},
        'ir_model_data': {'text': 'id fs_id db_id'},
        'sale_opportunity': {
            'text': 'id number description party company currency employee state create_uid write_uid',
            'decimal': 'amount conversion_probability',
            'date': 'end_date',
            'timestamp': 'create_date write_date'
        },
        'sale_opportunity_history': {
            'integer': 'history_id',
            'text': 'id number description party company currency employee state create_uid write_uid',
            'decimal': 'amount conversion_probability',
            'date': 'end_date',
            'timestamp': 'create_date write_date'
        },
        'sale_sale': {'text': 'id origin party company currency state invoice_method'},
        'sale_line': {'text': 'id sale type product unit', 'decimal': 'quantity unit_price'},
        'project_work': {
            'text': 'id name type number company party origin parent product status project_invoice_method invoice_line',
            'decimal': 'list_price effort_seconds progress',
            'timestamp': 'create_date write_date'
        },
        'project_work_status': {'text': 'id name', 'decimal': 'progress'},
        'project_work_invoiced_progress': {
            'text': 'id work invoice_line',
            'decimal': 'progress',
            'timestamp': 'create_date write_date'
        },
        'timesheet_work': {
            'text': 'id name origin company',
            'date': 'timesheet_start_date timesheet_end_date',
            'timestamp': 'create_date write_date'
        },
        'timesheet_line': {
            'text': 'id company employee work description invoice_line',
            'date': 'date',
            'decimal': 'duration_seconds',
            'timestamp': 'create_date write_date'
        },
        'account_account': {'text': 'id code name type company'},
        'account_account_type': {'text': 'id name', 'boolean': 'revenue receivable'},
        'account_journal': {'text': 'id type'},
        'account_period': {
            'text': 'id company type state',
            'date': 'start_date end_date',
            'timestamp': 'create_date write_date'
        },
        'account_move': {
            'text': 'id company journal origin state create_uid',
            'date': 'date',
            'timestamp': 'create_date write_date'
        },
        'account_move_line': {
            'text': 'id move account party origin reconciliation second_currency',
            'decimal': 'debit credit amount_second_currency',
            'date': 'maturity_date'
        },
        'account_move_reconciliation': {'text': 'id', 'date': 'date'},
        'account_invoice': {
            'text': 'id number type state sequence_type_cache party company currency move cancel_move',
            'date': 'invoice_date accounting_date',
            'timestamp': 'create_date write_date'
        },
        'account_invoice_line': {
            'text': 'id invoice type account product origin description',
            'decimal': 'quantity unit_price',
            'timestamp': 'create_date write_date'
        },
        'account_invoice_line_account_tax': {'text': 'id invoice_line tax'},
        'account_invoice_tax': {'text': 'id invoice', 'decimal': 'amount'},
        'account_invoice_account_move_line': {'text': 'id invoice move_line'}

    } %}
    {% set types = {
        'text': 'varchar', 'decimal': 'decimal(38, 10)', 'integer': 'bigint', 'boolean': 'boolean', 'date': 'date',
        'timestamp': 'timestamptz'
    } %}
    {% set columns = {} %}
    {% for type, names in tables[table].items() %}
        {% for name in names.split() %}{% do columns.update({name: types[type]}) %}{% endfor %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}

{# The address of a record in Tryton's web client. [systems.<name>] url = "https://erp.example/#database". #}
{% macro tryton_url(model, id) -%}
    {{ system_url('tryton') }} || '/model/{{ model }}/' || {{ id }}
{%- endmacro %}

{# The id in a Tryton reference (`sale.line,7`) to this model; null for a reference to another. #}
{% macro tryton_reference(column, model) -%}
    case when starts_with({{ column }}, '{{ model }},') then split_part({{ column }}, ',', 2) end
{%- endmacro %}

{# Seconds as hours with six decimals, in whole numbers, half away from zero. Seconds are never negative. #}
{% macro tryton_hours(seconds) -%}
    cast(cast(
        (2 * cast({{ seconds }} as hugeint) * 1000000 + 3600) // 7200
    as decimal(24, 0)) * 0.000001 as decimal(18, 6))
{%- endmacro %}

{# A product of two numbers with six decimals each, in whole 10^-12, as cents, half to even: what Tryton's own
   Currency.round does with quantity x unit price. #}
{% macro tryton_cents(product) -%}
    cast(cast(
        sign({{ product }}) * (
            abs({{ product }}) // 10000000000
            + case
                when abs({{ product }}) % 10000000000 > 5000000000 then 1
                when abs({{ product }}) % 10000000000 = 5000000000 then abs({{ product }}) // 10000000000 % 2
                else 0
            end
        )
    as decimal(24, 0)) * 0.01 as decimal(18, 4))
{%- endmacro %}

{# A project's status. Its statuses are the firm's own words; `Done` asks for a progress of 1. #}
{% macro tryton_status(name, progress) -%}
    case
        when {{ progress }} >= 1 then 'closed'
        when regexp_matches(lower({{ name }}), 'cancel') then 'cancelled'
        when regexp_matches(lower({{ name }}), 'hold|pause|suspend') then 'on_hold'
        else 'open'
    end
{%- endmacro %}
