{{ template_table('crm_deal_history') }}
union all
{{ history_from_versions('template', 'crm_deals', 'crm_deal_history', 'deal_id', {
    'amount': 'decimal(18, 4)', 'stage': 'varchar', 'close_date': 'date', 'is_won': 'boolean', 'is_closed': 'boolean',
    'tax_amount': 'decimal(18, 4)', 'currency': 'varchar', 'change_order_number': 'varchar',
    'probability': 'decimal(9, 6)', 'owner_name': 'varchar'
}) }}
