{{ canonical_table(
    'accounting_revenue_postings',
    ['template', 'quickbooks', 'tryton'],
    key='posting_id',
    references={'customer_id': 'accounting_customers', 'invoice_line_id': 'accounting_invoice_lines'}
) }}
