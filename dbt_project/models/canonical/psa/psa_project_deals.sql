{{ canonical_table(
    'psa_project_deals',
    ['template', 'tryton'],
    references={'project_id': 'psa_projects', 'deal_id': 'crm_deals'}
) }}
