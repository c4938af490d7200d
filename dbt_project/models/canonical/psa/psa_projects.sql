{{ canonical_table(
    'psa_projects',
    ['template', 'birdview', 'tryton'],
    key='project_id',
    references={'client_id': 'psa_clients', 'crm_deal_id': 'crm_deals'}
) }}
