{{ canonical_table(
    'accounting_rate_cards',
    ['template']
) }}
