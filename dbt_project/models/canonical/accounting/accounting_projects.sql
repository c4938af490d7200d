{{ canonical_table(
    'accounting_projects',
    ['template', 'quickbooks'],
    key='accounting_project_id',
    references={'customer_id': 'accounting_customers', 'psa_project_id': 'psa_projects'}
) }}
