{{ canonical_table(
    'psa_milestones',
    ['template', 'birdview', 'tryton'],
    key='milestone_id',
    references={'project_id': 'psa_projects'}
) }}
