{{ canonical_table(
    'accounting_customers',
    ['template', 'quickbooks', 'tryton'],
    key='customer_id',
    references={'crm_account_id': 'crm_accounts'}
) }}
