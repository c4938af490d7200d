{{ canonical_table(
    'accounting_payments',
    ['template', 'quickbooks', 'tryton'],
    key='payment_id',
    references={'invoice_id': 'accounting_invoices', 'customer_id': 'accounting_customers'}
) }}
