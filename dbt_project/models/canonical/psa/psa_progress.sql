{{ canonical_table(
    'psa_progress',
    ['template', 'tryton'],
    references={'project_id': 'psa_projects'}
) }}
