{{ canonical_table(
    'accounting_cost_postings',
    ['template'],
    key='posting_id'
) }}
