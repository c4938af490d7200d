{{ template_table('accounting_payments') }}
