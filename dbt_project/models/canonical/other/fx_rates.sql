{{ canonical_table(
    'fx_rates',
    ['template', 'tryton']
) }}
