{{ template_table('accounting_invoice_lines') }}
