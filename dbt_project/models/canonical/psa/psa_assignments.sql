{{ canonical_table(
    'psa_assignments',
    ['template'],
    key='assignment_id',
    references={'resource_id': 'psa_resources', 'project_id': 'psa_projects'}
) }}
