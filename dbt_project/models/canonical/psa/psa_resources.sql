{{ canonical_table(
    'psa_resources',
    ['template', 'birdview', 'tryton'],
    key='resource_id'
) }}
