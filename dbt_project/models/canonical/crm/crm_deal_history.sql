{{ canonical_table(
    'crm_deal_history',
    ['template', 'salesforce', 'tryton'],
    references={'deal_id': 'crm_deals'}
) }}
