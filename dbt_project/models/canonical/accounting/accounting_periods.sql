{{ canonical_table(
    'accounting_periods',
    ['template', 'tryton']
) }}
