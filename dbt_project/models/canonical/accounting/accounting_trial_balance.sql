{{ canonical_table(
    'accounting_trial_balance',
    ['template', 'tryton']
) }}
