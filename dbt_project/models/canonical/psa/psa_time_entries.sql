{{ canonical_table(
    'psa_time_entries',
    ['template', 'birdview', 'tryton'],
    key='time_entry_id',
    references={'project_id': 'psa_projects', 'resource_id': 'psa_resources'}
) }}
