{{ canonical_table(
    'psa_cost_rates',
    ['template', 'tryton'],
    references={'resource_id': 'psa_resources'}
) }}
