{{ canonical_table(
    'psa_budget_versions',
    ['template', 'tryton'],
    references={'project_id': 'psa_projects'}
) }}
