{{ canonical_table(
    'accounting_line_links',
    ['template', 'tryton'],
    references={'invoice_line_id': 'accounting_invoice_lines'}
) }}
