{{ canonical_table(
    'crm_accounts',
    ['template', 'salesforce', 'tryton'],
    key='account_id',
    references={'parent_account_id': 'crm_accounts'}
) }}
