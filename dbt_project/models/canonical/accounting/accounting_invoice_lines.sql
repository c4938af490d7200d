{{ canonical_table(
    'accounting_invoice_lines',
    ['template', 'quickbooks', 'tryton'],
    key='invoice_line_id',
    references={'invoice_id': 'accounting_invoices'}
) }}
