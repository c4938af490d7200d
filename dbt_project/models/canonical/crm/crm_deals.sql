{{ canonical_table(
    'crm_deals',
    ['template', 'salesforce', 'tryton'],
    key='deal_id',
    references={'account_id': 'crm_accounts', 'parent_deal_id': 'crm_deals'}
) }}
