{{ canonical_table(
    'accounting_credit_allocations',
    ['template', 'quickbooks', 'tryton'],
    references={'credit_note_id': 'accounting_invoices', 'invoice_id': 'accounting_invoices'}
) }}
