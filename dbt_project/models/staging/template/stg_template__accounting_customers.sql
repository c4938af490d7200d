{{ template_table('accounting_customers') }}
