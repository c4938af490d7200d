{{ canonical_table(
    'psa_expenses',
    ['template'],
    key='expense_id',
    references={'project_id': 'psa_projects', 'resource_id': 'psa_resources'}
) }}
