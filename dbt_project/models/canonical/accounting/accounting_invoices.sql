{{ canonical_table(
    'accounting_invoices',
    ['template', 'quickbooks', 'tryton'],
    key='invoice_id',
    references={'customer_id': 'accounting_customers', 'credited_invoice_id': 'accounting_invoices'}
) }}
