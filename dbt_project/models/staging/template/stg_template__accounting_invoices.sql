{{ template_table('accounting_invoices') }}
