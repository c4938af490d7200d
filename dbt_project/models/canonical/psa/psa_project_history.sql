{{ canonical_table(
    'psa_project_history',
    ['template', 'birdview', 'tryton'],
    references={'project_id': 'psa_projects'}
) }}
