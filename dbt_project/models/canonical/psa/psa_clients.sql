{{ canonical_table(
    'psa_clients',
    ['template', 'birdview', 'tryton'],
    key='client_id',
    references={'crm_account_id': 'crm_accounts'}
) }}
