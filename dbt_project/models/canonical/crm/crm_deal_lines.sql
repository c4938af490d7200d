{{ canonical_table(
    'crm_deal_lines',
    ['template', 'salesforce', 'tryton'],
    key='deal_line_id',
    references={'deal_id': 'crm_deals'}
) }}
